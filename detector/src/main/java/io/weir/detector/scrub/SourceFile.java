package io.weir.detector.scrub;

import io.weir.filter.fault.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Sources as they are saved, big-endian:
 *
 * <pre>
 *   magic "WEIRSRC1" 8 | time saved in ns 8 | entries 4 | CRC-32C of them 4 | entries of 32: address 16, times 8, deeds 8
 * </pre>
 */
final class SourceFile {
    private static final byte[] MAGIC = "WEIRSRC1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_LENGTH = 24;
    static final int ENTRY_LENGTH = 32;
    /** More than any table holds. */
    private static final int MOST_ENTRIES = 1 << 24;

    private SourceFile() {}

    /** Takes an entry. */
    interface Entries {
        void accept(long high, long low, long times, long deeds) throws IOException;
    }

    static void write(SourceTable table, OutputStream out, long nowNanos) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_LENGTH);
        table.forEach(nowNanos, (high, low, times, deeds) -> {
            entry.clear().putLong(high).putLong(low).putLong(times).putLong(deeds);
            bytes.write(entry.array());
        });
        write(bytes.toByteArray(), out, nowNanos);
    }

    /** @param body whole entries */
    static void write(byte[] body, OutputStream out, long nowNanos) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH);
        header.put(MAGIC).putLong(nowNanos).putInt(body.length / ENTRY_LENGTH).putInt(checksum(body));
        out.write(header.array());
        out.write(body);
    }

    static List<Fault> read(SourceTable table, String name, InputStream in) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER_LENGTH));
        if (header.remaining() < HEADER_LENGTH || header.mismatch(ByteBuffer.wrap(MAGIC)) < MAGIC.length) {
            return fault(name, "", "isn't a file of saved sources: those begin with WEIRSRC1");
        }
        long savedNanos = header.getLong(MAGIC.length);
        int count = header.getInt(16);
        if (count < 0 || count > MOST_ENTRIES) {
            return fault(
                    name, Integer.toUnsignedString(count), "entries are more than the " + MOST_ENTRIES + " allowed");
        }
        byte[] body = in.readNBytes(count * ENTRY_LENGTH);
        if (body.length < count * ENTRY_LENGTH) {
            return fault(name, "", "ends after " + body.length / ENTRY_LENGTH + " of " + count + " entries");
        }
        if (checksum(body) != header.getInt(20)) {
            return fault(name, "", "is damaged: its checksum doesn't fit; save it again");
        }
        ByteBuffer entries = ByteBuffer.wrap(body);
        for (int n = 0; n < count; n++) {
            table.restore(entries.getLong(), entries.getLong(), entries.getLong(), entries.getLong(), savedNanos);
        }
        return List.of();
    }

    private static List<Fault> fault(String name, String value, String problem) {
        return List.of(new Fault(name, 0, "", value, problem));
    }

    private static int checksum(byte[] body) {
        CRC32C checksum = new CRC32C();
        checksum.update(body);
        return (int) checksum.getValue();
    }
}
