package io.weir.filter.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Http2StreamsTest {
    private static final int HTTP2_REQUEST = Application.HTTP2_REQUEST.ordinal();
    private static final long KEY = 0x1234_5678_9abc_def0L;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WHOLE = 5;
    private static final byte[] NOTHING = {};
    /** GET, http, /, and an authority and a user agent that enter the table. */
    private static final byte[] FIRST = hex("828684" + "4101" + "61" + "7a03" + "626f74");
    /** The same of the table. */
    private static final byte[] SECOND = hex("828684" + "bf" + "be");

    private final Http2Streams streams = new Http2Streams();
    private final PacketBatch batch = new PacketBatch();
    private final FrameDecoder decoder = new FrameDecoder();
    private final FrameBuilder builder = new FrameBuilder().ipv4(0xc612_0001, 0xc633_640a);
    private final MemorySegment payload = Arena.ofAuto().allocate(1 << 16);
    private long nanos = 1_000_000_000_000L;
    private int acknowledgment = 1;
    private int next = 1_000;

    Http2StreamsTest() {
        batch.frames = Arena.ofAuto().allocate(1 << 16);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static byte[] preface() {
        return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] frame(int type, int flags, int stream, byte[] content) {
        byte[] header = {
            (byte) (content.length >> 16),
            (byte) (content.length >> 8),
            (byte) content.length,
            (byte) type,
            (byte) flags,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
        };
        return join(header, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] path(String path) {
        return join(
                hex("828604" + HexFormat.of().toHexDigits((byte) path.length())),
                path.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] reset(int stream) {
        return frame(RST_STREAM, 0, stream, hex("00000008"));
    }

    /** Sends what follows; returns the requests in it. */
    private int send(byte[] bytes) {
        int requests = segment(next, bytes, bytes.length);
        next += bytes.length;
        return requests;
    }

    private int segment(int sequence, byte[] bytes, int captured) {
        return segment(sequence, bytes, captured, KEY);
    }

    private int segment(int sequence, byte[] bytes, int captured, long key) {
        MemorySegment.copy(bytes, 0, payload, ValueLayout.JAVA_BYTE, 0, bytes.length);
        builder.payload(payload, 0, bytes.length);
        int flags = TcpFlags.ACK | TcpFlags.PSH;
        int length = builder.tcp(batch.frames, 0, 40_000, 8_080, sequence, acknowledgment, flags, 64_240);
        batch.size = 1;
        batch.frameOffset[0] = 0;
        batch.linkType[0] = LinkType.ETHERNET;
        batch.wireLength[0] = length;
        batch.capturedLength[0] = length - bytes.length + captured;
        decoder.decode(batch);
        streams.read(batch, 0, key, nanos);
        return batch.application[0] == HTTP2_REQUEST ? batch.http2Requests[0] : 0;
    }

    private RequestShape shape() {
        RequestShape shape = new RequestShape();
        shape.read(streams, batch, 0);
        return shape;
    }

    private static byte[] conversation() {
        return join(
                preface(),
                frame(SETTINGS, 0, 0, hex("000300000064")),
                frame(PRIORITY, 0, 3, hex("00000000c8")),
                frame(HEADERS, WHOLE, 1, FIRST),
                frame(HEADERS, 0x2c, 3, join(hex("02" + "00000000c8"), SECOND, hex("0000"))),
                frame(DATA, 1, 3, new byte[300]),
                frame(SETTINGS, 1, 0, NOTHING),
                frame(HEADERS, 4, 5, SECOND),
                frame(DATA, 0, 5, new byte[20]),
                frame(HEADERS, WHOLE, 5, hex("4003" + "782d61" + "01" + "62")),
                frame(HEADERS, WHOLE, 7, SECOND));
    }

    @Test
    void requestsAreTheSameWhereverSegmentsAreCut() {
        byte[] all = conversation();
        for (int cut = 5; cut <= all.length; cut++) {
            for (int further : new int[] {1, 7, 40, all.length}) {
                streams.restart();
                int requests = send(Arrays.copyOf(all, cut));
                for (int at = cut; at < all.length; at += further) {
                    requests += send(Arrays.copyOfRange(all, at, Math.min(all.length, at + further)));
                }
                assertEquals(4, requests, "cut at " + cut + ", then each " + further);
            }
        }
    }

    @Test
    void whatIsSentAgainCountsOnce() {
        byte[] begin = join(preface(), frame(HEADERS, WHOLE, 1, FIRST));
        byte[] further = frame(HEADERS, WHOLE, 3, SECOND);
        assertEquals(1, send(begin));
        assertEquals(1, send(further));
        assertEquals(0, segment(next - further.length, further, further.length));
        assertEquals(1, segment(next - further.length, join(further, frame(HEADERS, WHOLE, 5, SECOND)), 28));
    }

    @Test
    void behindAGapRequestsAreFoundAgain() {
        assertEquals(1, send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST))));
        next += 999;
        assertEquals(0, send(frame(DATA, 0, 1, new byte[50])));
        assertEquals(1, send(frame(HEADERS, WHOLE, 9, SECOND)));
        assertEquals(2, send(join(frame(HEADERS, WHOLE, 11, SECOND), frame(HEADERS, WHOLE, 13, SECOND))));
    }

    /** Whoever doesn't want to be seen makes one, and lets no segment begin with a request. */
    @Test
    void behindAGapRequestsAreFoundBehindOtherFramesToo() {
        byte[] room = frame(8, 0, 0, hex("00000001"));
        byte[] one = join(room, frame(HEADERS, WHOLE, 1, FIRST));
        byte[] two = join(room, frame(HEADERS, WHOLE, 3, SECOND));
        send(preface());
        int found = segment(next + one.length, two, two.length) + segment(next, one, one.length);
        next += one.length + two.length;
        for (int stream = 5; stream < 25; stream += 2) {
            found += send(join(room, frame(HEADERS, WHOLE, stream, SECOND)));
        }
        assertTrue(found >= 10, found + " of 12");
    }

    @Test
    void aFrameThatNoServerTakesHidesNothing() {
        send(preface());
        byte[] large = hex("ffffff" + "00" + "00" + "00000001" + "000000");
        segment(next, large, large.length); // of a wrong checksum, say
        assertEquals(0, send(new byte[40]));
        assertEquals(1, send(frame(HEADERS, WHOLE, 1, FIRST)));
    }

    @Test
    void whoAsksForNothingGivesWayToWhoDoes() {
        send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST)));
        byte[] second = frame(HEADERS, WHOLE, 3, SECOND);
        for (int other = 1; other < 100; other++) {
            nanos++;
            byte[] begin = preface();
            segment(other, begin, begin.length, (KEY & 0xffff_ffff_0000_0000L) + other);
        }
        segment(next, second, second.length, KEY);
        long known = shape().software();
        streams.restart();
        send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST)));
        send(second);
        assertEquals(shape().software(), known);
    }

    @Test
    void aConnectionIsMetInItsMiddle() {
        assertEquals(0, send(frame(DATA, 0, 1, new byte[50])));
        assertEquals(2, send(join(frame(HEADERS, WHOLE, 77, SECOND), frame(HEADERS, WHOLE, 79, SECOND))));
    }

    @Test
    void otherProtocolsHoldNone() {
        SplittableRandom random = new SplittableRandom(1);
        int found = 0;
        for (int n = 0; n < 100_000; n++) {
            byte[] bytes = new byte[random.nextInt(4, 60)];
            random.nextBytes(bytes);
            bytes[0] = 0; // a length of four bytes, as many begin
            bytes[1] = 0;
            found += send(bytes);
        }
        assertTrue(found <= 1, found + " requests");
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b, true",
        "/a?x=1, /a?x=2, true",
        "/a?x=1, /a?y=1, false",
        "/a, /b, false",
        "/a, /a?x=1, false"
    })
    void whatIsAskedForIsThePathAndTheNamesOfItsQuery(String one, String other, boolean isSame) {
        send(join(preface(), frame(HEADERS, WHOLE, 1, path(one))));
        long first = shape().object();
        send(frame(HEADERS, WHOLE, 3, path(other)));
        assertEquals(isSame, first == shape().object());
    }

    @Test
    void whatTheTableHoldsIsWhatWasSentBefore() {
        send(join(
                preface(),
                frame(HEADERS, WHOLE, 1, join(hex("8286"), hex("4404" + "2f612f62"), hex("7a03" + "626f74")))));
        RequestShape first = shape();
        send(frame(HEADERS, WHOLE, 3, hex("8286" + "bf" + "be")));
        RequestShape second = shape();
        assertEquals(first.object(), second.object());
        assertEquals(first.software(), second.software());
        send(frame(HEADERS, WHOLE, 5, hex("8286" + "bf" + "7a03" + "626f75")));
        assertNotEquals(first.software(), shape().software());
        assertEquals(first.stack(), shape().stack());
    }

    /** RFC 7541 appendix C.4.1 and C.4.3 have coded texts. */
    @Test
    void codedTextsAreReadAsPlainOnes() {
        send(join(preface(), frame(HEADERS, WHOLE, 1, hex("828604" + "8c" + "f1e3c2e5f23a6ba0ab90f4ff"))));
        long coded = shape().object();
        send(frame(HEADERS, WHOLE, 3, path("www.example.com")));
        assertEquals(coded, shape().object());
    }

    @Test
    void takenBackAtOnceIsAReset() {
        send(preface());
        int stream = 1;
        for (int n = 0; n < 20; n++) {
            nanos += 20_000_000;
            send(join(frame(HEADERS, WHOLE, stream, FIRST), reset(stream)));
            stream += 2;
        }
        assertEquals(Http2Traits.RESET, batch.http2Traits[0] & Http2Traits.RESET);
    }

    @ParameterizedTest
    @CsvSource({"true, 5", "false, 40"})
    void takenBackLaterItIsNone(boolean isAnswered, int afterMillis) {
        send(preface());
        int stream = 1;
        for (int n = 0; n < 20; n++) {
            nanos += 20_000_000;
            send(frame(HEADERS, WHOLE, stream, FIRST));
            int traits = batch.http2Traits[0];
            assertEquals(0, traits & Http2Traits.RESET);
            nanos += afterMillis * 1_000_000L;
            acknowledgment += isAnswered ? 500 : 0;
            send(frame(HEADERS, WHOLE, stream + 2, FIRST));
            acknowledgment += isAnswered ? 500 : 0;
            send(reset(stream));
            stream += 4;
        }
    }

    /** A server that hangs, a page of many files: then the reader has had enough. */
    @Test
    void whatWasWaitedForInVainIsTakenBackLate() {
        send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST)));
        for (int stream = 3; stream < 40; stream += 2) {
            send(frame(HEADERS, WHOLE, stream, SECOND));
        }
        nanos += 3_000_000_000L;
        for (int stream = 1; stream < 40; stream += 2) {
            send(reset(stream));
        }
        assertEquals(1, send(frame(HEADERS, WHOLE, 41, SECOND)));
        assertEquals(0, batch.http2Traits[0] & Http2Traits.RESET);
    }

    @Test
    void pingsThatMeasureAPathWhileMuchIsReceivedCountNever() {
        send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST)));
        int counted = 0;
        for (int n = 0; n < 1_000; n++) {
            nanos += 500_000;
            acknowledgment += 1_400;
            counted += send(frame(PING, 0, 0, new byte[8]));
        }
        assertEquals(0, counted);
        for (int n = 0; n < 1_000; n++) {
            nanos += 500_000;
            acknowledgment += 17; // the answer to the ping before
            counted += send(frame(PING, 0, 0, new byte[8]));
        }
        assertEquals(900, counted);
    }

    @ParameterizedTest
    @CsvSource({"6, 0, 8", "4, 0, 0", "9, 0, 3", "2, 0, 5", "0, 0, 0"})
    void framesThatAskForNothingCountWhereTheyAreTooMany(int type, int flags, int length) {
        send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST)));
        int counted = 0;
        for (int n = 0; n < 300; n++) {
            nanos += 1_000_000;
            counted += send(frame(type, flags, type == PING || type == SETTINGS ? 0 : 1, new byte[length]));
        }
        assertEquals(200, counted);
        assertEquals(Http2Traits.CONTROL, batch.http2Traits[0]);
    }

    @Test
    void answersToPingsAndRoomForMoreCountNever() {
        send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST)));
        int counted = 0;
        for (int n = 0; n < 1_000; n++) {
            counted +=
                    send(join(frame(PING, 1, 0, new byte[8]), frame(8, 0, 0, new byte[4]), frame(DATA, 1, 1, NOTHING)));
        }
        assertEquals(0, counted);
    }

    @ParameterizedTest
    @CsvSource({"1d75d0620d263d4c4d6564, true", "1d75d0620d263d4c7a5f, false"})
    void callsAreToldByWhatTheyCarryAndWhatAnswers(String type, boolean isCall) {
        String field = "5f" + HexFormat.of().toHexDigits((byte) (0x80 | type.length() / 2)) + type;
        send(join(preface(), frame(HEADERS, 4, 1, hex("8386" + field))));
        assertEquals(isCall, (batch.http2Traits[0] & Http2Traits.CALL) != 0);
        assertEquals(Http2Traits.POST, batch.http2Traits[0] & Http2Traits.POST);
        byte[] answer = frame(HEADERS, 4, 1, hex("88" + field + "0000000000000000"));
        segment(next, answer, answer.length);
        streams.readAnswer(batch, 0, KEY);
        next += answer.length;
        send(frame(HEADERS, 4, 3, hex("8386be")));
        assertEquals(isCall, (batch.http2Traits[0] & Http2Traits.SERVED) != 0);
        assertEquals(isCall, (batch.http2Traits[0] & Http2Traits.CALL) != 0);
    }

    @Test
    void whatAServerEndsIsTrackedNoMore() {
        send(join(preface(), frame(HEADERS, WHOLE, 1, FIRST)));
        streams.end(KEY + 1);
        assertTrue(streams.isTracking());
        streams.end(KEY);
        assertFalse(streams.isTracking());
        streams.end(KEY);
        assertEquals(1, send(frame(HEADERS, WHOLE, 3, SECOND)), "met in its middle");
        assertTrue(streams.isTracking());
    }

    @ParameterizedTest
    @CsvSource({"4, true", "6, true", "8, true", "0, false"})
    void anAnswerIsLookedForBehindWhatIsNoData(int type, boolean isRead) {
        send(join(preface(), frame(HEADERS, 4, 1, hex("8386" + "5f8b1d75d0620d263d4c4d6564"))));
        byte[] fields = frame(HEADERS, 4, 1, hex("88" + "5f8b1d75d0620d263d4c4d6564" + "0000000000000000"));
        byte[] answer = join(frame(type, 0, 0, new byte[type == 4 ? 6 : type == 6 ? 8 : 4]), fields);
        segment(next, answer, answer.length);
        streams.readAnswer(batch, 0, KEY);
        next += answer.length;
        send(frame(HEADERS, 4, 3, hex("8386be")));
        assertEquals(isRead, (batch.http2Traits[0] & Http2Traits.SERVED) != 0);
    }

    @Test
    void whatIsCutOrBrokenNeverThrows() {
        SplittableRandom random = new SplittableRandom(3);
        byte[] all = conversation();
        for (int n = 0; n < 50_000; n++) {
            byte[] bytes = all.clone();
            for (int k = random.nextInt(6); k > 0; k--) {
                bytes[random.nextInt(24, bytes.length)] = (byte) random.nextInt();
            }
            int cut = random.nextInt(15, bytes.length);
            segment(next, Arrays.copyOf(bytes, cut), random.nextInt(15, cut + 1));
            shape();
            segment(next + cut, Arrays.copyOfRange(bytes, cut, bytes.length), random.nextInt(bytes.length - cut + 1));
            next += bytes.length;
        }
        assertTrue(streams.isTracking());
    }
}
