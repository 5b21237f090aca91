package io.weir.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Writes messages for the kernel's netfilter one after the other into native memory (netlink(7), include/uapi/linux/
 * netfilter/nfnetlink.h). Values are in network order. One thread.
 *
 * <pre>
 *   struct nlmsghdr  | length 4 | type 2 | flags 2 | sequence 4 | port 4 |
 *   struct nfgenmsg  | family 1 | version 1 | resource 2 |
 *   struct nlattr    | length 2 | type 2 | value, padded to 4 |
 * </pre>
 */
final class NetlinkWriter {
    static final int HEADER_BYTES = 16;
    static final int GENERAL_BYTES = 4;
    static final int ATTRIBUTE_BYTES = 4;

    static final int REQUEST = 0x1;
    static final int ACK = 0x4;
    static final int DUMP = 0x300;
    static final int CREATE = 0x400;
    static final int APPEND = 0x800;

    private static final int NESTED = 0x8000;

    private final MemorySegment memory;
    private long size;
    private long start;
    private int sequence;

    NetlinkWriter(long capacityBytes) {
        memory = Arena.ofAuto().allocate(capacityBytes, Long.BYTES);
    }

    NetlinkWriter clear() {
        size = 0;
        return this;
    }

    /** Begins a message; its flags besides REQUEST. */
    NetlinkWriter begin(int type, int flags, int family, int resource) {
        start = size;
        memory.set(Native.SHORT, start + 4, (short) type);
        memory.set(Native.SHORT, start + 6, (short) (flags | REQUEST));
        memory.set(Native.INT, start + 8, ++sequence);
        memory.set(Native.INT, start + 12, 0);
        memory.set(Native.BYTE, start + HEADER_BYTES, (byte) family);
        memory.set(Native.BYTE, start + HEADER_BYTES + 1, (byte) 0);
        Native.putNetU16(memory, start + HEADER_BYTES + 2, resource);
        size = start + HEADER_BYTES + GENERAL_BYTES;
        return this;
    }

    NetlinkWriter end() {
        memory.set(Native.INT, start, (int) (size - start));
        return this;
    }

    NetlinkWriter attribute(int type, byte[] value) {
        long at = room(type, value.length);
        MemorySegment.copy(value, 0, memory, Native.BYTE, at, value.length);
        return this;
    }

    NetlinkWriter attribute(int type, int value) {
        Native.putNetI32(memory, room(type, Integer.BYTES), value);
        return this;
    }

    NetlinkWriter shortAttribute(int type, int value) {
        Native.putNetU16(memory, room(type, Short.BYTES), value);
        return this;
    }

    /** Two ints in one value. */
    NetlinkWriter attribute(int type, int first, int second) {
        long at = room(type, 2 * Integer.BYTES);
        Native.putNetI32(memory, at, first);
        Native.putNetI32(memory, at + Integer.BYTES, second);
        return this;
    }

    NetlinkWriter longAttribute(int type, long value) {
        Native.putNetI64(memory, room(type, Long.BYTES), value);
        return this;
    }

    /** With the zero at its end. */
    NetlinkWriter attribute(int type, String value) {
        return attribute(type, (value + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    /** Attributes within an attribute. */
    NetlinkWriter nest(int type, Runnable content) {
        long at = size;
        room(type | NESTED, 0);
        content.run();
        memory.set(Native.SHORT, at, (short) (size - at));
        return this;
    }

    /** Makes room for a value and returns where it goes. */
    private long room(int type, int valueBytes) {
        long at = size;
        memory.set(Native.SHORT, at, (short) (ATTRIBUTE_BYTES + valueBytes));
        memory.set(Native.SHORT, at + 2, (short) type);
        size = at + ATTRIBUTE_BYTES + align(valueBytes);
        if (size > at + ATTRIBUTE_BYTES) {
            memory.set(Native.INT, size - Integer.BYTES, 0);
        }
        return at + ATTRIBUTE_BYTES;
    }

    static int align(int bytes) {
        return bytes + 3 & ~3;
    }

    MemorySegment memory() {
        return memory;
    }

    long sizeBytes() {
        return size;
    }

    /** Number of the message begun last. */
    int sequence() {
        return sequence;
    }
}
