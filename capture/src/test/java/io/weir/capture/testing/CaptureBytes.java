package io.weir.capture.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds capture files byte by byte, on purpose apart from the code that reads and writes them. */
public final class CaptureBytes {
    public static final int MICROSECONDS = 0xa1b2c3d4;
    public static final int NANOSECONDS = 0xa1b23c4d;

    private ByteBuffer bytes = ByteBuffer.allocate(1 << 12);

    public CaptureBytes(ByteOrder order) {
        bytes.order(order);
    }

    public static CaptureBytes littleEndian() {
        return new CaptureBytes(ByteOrder.LITTLE_ENDIAN);
    }

    /** What follows is in this byte order. */
    public CaptureBytes order(ByteOrder order) {
        bytes.order(order);
        return this;
    }

    /** A file header of version 2.4. */
    public CaptureBytes pcap(int magic, int linkType) {
        return pcap(magic, 2, 4, 65_535, linkType);
    }

    public CaptureBytes pcap(int magic, int major, int minor, int snapLength, int linkType) {
        return putInt(magic)
                .putShort(major)
                .putShort(minor)
                .putInt(0)
                .putInt(0)
                .putInt(snapLength)
                .putInt(linkType);
    }

    public CaptureBytes record(int seconds, int fraction, byte[] frame) {
        return record(seconds, fraction, frame.length, frame.length).put(frame);
    }

    /** A record's header alone. */
    public CaptureBytes record(int seconds, int fraction, int firstLength, int secondLength) {
        return putInt(seconds).putInt(fraction).putInt(firstLength).putInt(secondLength);
    }

    public CaptureBytes section() {
        return block(
                0x0a0d0d0a, body().putInt(0x1a2b3c4d).putShort(1).putShort(0).putLong(-1));
    }

    public CaptureBytes describe(int linkType, int snapLength, CaptureBytes options) {
        return block(1, body().putShort(linkType).putShort(0).putInt(snapLength).put(options.toArray()));
    }

    /** Describes an interface with microseconds. */
    public CaptureBytes describe(int linkType) {
        return describe(linkType, 0, body());
    }

    public CaptureBytes option(int code, byte... value) {
        putShort(code).putShort(value.length).put(value);
        return put(new byte[-value.length & 3]);
    }

    public CaptureBytes enhanced(int number, long ticks, byte[] frame) {
        return block(6, packetBody(body().putInt(number), ticks, frame.length, frame.length, frame));
    }

    public CaptureBytes obsolete(int number, long ticks, byte[] frame) {
        return block(2, packetBody(body().putShort(number).putShort(0xffff), ticks, frame.length, frame.length, frame));
    }

    /** A packet block's body after its interface, padded. */
    public static CaptureBytes packetBody(CaptureBytes from, long ticks, int captured, int wire, byte[] frame) {
        return from.putInt((int) (ticks >>> 32))
                .putInt((int) ticks)
                .putInt(captured)
                .putInt(wire)
                .put(frame)
                .put(new byte[-frame.length & 3]);
    }

    public CaptureBytes simple(int wire, byte[] frame) {
        return block(3, body().putInt(wire).put(frame).put(new byte[-frame.length & 3]));
    }

    public CaptureBytes block(int type, CaptureBytes body) {
        int length = 12 + body.bytes.position();
        return putInt(type).putInt(length).put(body.toArray()).putInt(length);
    }

    /** Empty, in the byte order of this one. */
    public CaptureBytes body() {
        return new CaptureBytes(bytes.order());
    }

    public CaptureBytes putShort(int value) {
        room(2).putShort((short) value);
        return this;
    }

    public CaptureBytes putInt(int value) {
        room(4).putInt(value);
        return this;
    }

    public CaptureBytes putLong(long value) {
        room(8).putLong(value);
        return this;
    }

    public CaptureBytes put(byte... values) {
        room(values.length).put(values);
        return this;
    }

    /** Bytes so far. */
    public int size() {
        return bytes.position();
    }

    public byte[] toArray() {
        byte[] array = new byte[bytes.position()];
        bytes.get(0, array);
        return array;
    }

    private ByteBuffer room(int needed) {
        if (bytes.remaining() < needed) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(bytes.capacity() * 2, bytes.position() + needed))
                    .order(bytes.order());
            larger.put(bytes.flip());
            bytes = larger;
        }
        return bytes;
    }
}
