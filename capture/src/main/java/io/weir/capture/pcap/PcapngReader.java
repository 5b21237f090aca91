package io.weir.capture.pcap;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * pcapng (draft-ietf-opsawg-pcapng): a row of blocks in sections, each section in its own byte order with its own
 * numbering of interfaces.
 *
 * <pre>
 *   block:   type 4 | total length 4 | body | total length 4
 * </pre>
 *
 * <p>Section header, interface description and the three packet blocks are read; every other block is skipped without
 * being kept. A simple packet block has no timestamp: it gets 0, as libpcap does it.
 */
final class PcapngReader implements RecordReader {
    private final ByteWindow window;
    private final List<CaptureInterface> interfaces;
    private final NgFields fields = new NgFields();
    /** Of the current section, by the number that packets give. */
    private final List<NgInterface> sectionInterfaces = new ArrayList<>();

    private int fileInterfaces;
    private boolean started;

    /** Starts at a section header, whose type stands at the window's position. */
    PcapngReader(ByteWindow window, List<CaptureInterface> interfaces) {
        this.window = window;
        this.interfaces = interfaces;
    }

    @Override
    public boolean fill(PacketBatch batch) throws IOException {
        batch.size = 0;
        while (batch.size < PacketBatch.CAPACITY) {
            if (window.available() < NgFields.BLOCK_HEADER_BYTES) {
                if (batch.size > 0) {
                    return true;
                }
                if (!readBlockHeader()) {
                    return false;
                }
            }
            if (!readBlock(batch)) {
                return true;
            }
        }
        return true;
    }

    /** False at the end of the file. */
    private boolean readBlockHeader() throws IOException {
        if (window.need(NgFields.BLOCK_HEADER_BYTES)) {
            return true;
        }
        if (window.available() == 0) {
            return false;
        }
        throw new Damage("truncated: the block header at offset " + window.offset() + " has "
                + NgFields.BLOCK_HEADER_BYTES + " bytes, the file ends after " + window.available());
    }

    /**
     * Takes one block, of which the header is in memory.
     *
     * @return false if the batch must be delivered before more can be read
     */
    private boolean readBlock(PacketBatch batch) throws IOException {
        MemorySegment memory = window.memory();
        long at = window.position();
        int type = fields.intAt(memory, at);
        if (type == NgFields.SECTION_HEADER || !started) {
            return readSection(batch);
        }
        boolean kept = NgFields.isKept(type);
        long most = kept ? NgFields.MAXIMUM_KEPT_BYTES : NgFields.MAXIMUM_SKIPPED_BYTES;
        long length = checkedLength(fields.unsignedAt(memory, at + 4), most);
        if (window.available() < length) {
            if (batch.size > 0) {
                return false;
            }
            if (!kept) {
                skipBlock(length);
                return true;
            }
            needBlock(length);
        }
        takeBlock(batch, type, length);
        return true;
    }

    private void takeBlock(PacketBatch batch, int type, long length) throws IOException {
        MemorySegment memory = window.memory();
        long at = window.position();
        checkTrailer(window.offset(), length, fields.unsignedAt(memory, at + length - 4));
        switch (type) {
            case NgFields.ENHANCED_PACKET -> packet(batch, at, length, false);
            case NgFields.SIMPLE_PACKET -> simplePacket(batch, at, length);
            case NgFields.OBSOLETE_PACKET -> packet(batch, at, length, true);
            case NgFields.INTERFACE_DESCRIPTION -> describeInterface(at, length);
            default -> {}
        }
        window.position(at + length);
    }

    private boolean readSection(PacketBatch batch) throws IOException {
        if (window.available() < NgFields.SECTION_HEADER_BYTES && batch.size > 0) {
            return false;
        }
        if (!window.need(NgFields.SECTION_HEADER_BYTES)) {
            throw new Damage("truncated: the section header at offset " + window.offset() + " has at least "
                    + NgFields.SECTION_HEADER_BYTES + " bytes, the file ends after " + window.available());
        }
        MemorySegment memory = window.memory();
        long at = window.position();
        if (!fields.section(memory, at)) {
            throw new Damage("damaged: the section header at offset " + window.offset() + " has no byte-order magic");
        }
        long length = checkedLength(fields.unsignedAt(memory, at + 4), NgFields.MAXIMUM_SKIPPED_BYTES);
        if (length < NgFields.SECTION_HEADER_BYTES) {
            throw new Damage("damaged: the section header at offset " + window.offset() + " has " + length
                    + " bytes, the least is " + NgFields.SECTION_HEADER_BYTES);
        }
        if (window.available() < length && batch.size > 0) {
            return false;
        }
        checkVersion(fields.shortAt(memory, at + 12), fields.shortAt(memory, at + 14));
        started = true;
        sectionInterfaces.clear();
        skipBlock(length);
        return true;
    }

    private void checkVersion(int major, int minor) throws Damage {
        // Minor 2 was written by mistake and means 0 (draft-ietf-opsawg-pcapng section 4.1).
        if (major != 1 || minor != 0 && minor != 2) {
            throw new Damage("unsupported pcapng version " + major + "." + minor + " in the section at offset "
                    + window.offset() + "; 1.0 is read");
        }
    }

    /** Enhanced and obsolete packet blocks differ in the width of the interface's number alone. */
    private void packet(PacketBatch batch, long at, long length, boolean obsolete) throws Damage {
        MemorySegment memory = window.memory();
        checkLeast(length, NgFields.ENHANCED_PACKET_BYTES);
        NgInterface from = packetInterface(obsolete ? fields.shortAt(memory, at + 8) : fields.intAt(memory, at + 8));
        long nanos = from.time().nanos(fields.timestampAt(memory, at + 12));
        int captured = checkedCapture(fields.intAt(memory, at + 20), length - NgFields.ENHANCED_PACKET_BYTES, from);
        add(batch, at + 28, captured, fields.intAt(memory, at + 24), nanos, from);
    }

    private void simplePacket(PacketBatch batch, long at, long length) throws Damage {
        checkLeast(length, NgFields.SIMPLE_PACKET_BYTES);
        NgInterface from = packetInterface(0);
        int wire = fields.intAt(window.memory(), at + 8);
        int snapLength = from.shared().snapLength();
        boolean cut = snapLength > 0 && Integer.compareUnsigned(wire, snapLength) > 0;
        int captured = checkedCapture(cut ? snapLength : wire, length - NgFields.SIMPLE_PACKET_BYTES, from);
        add(batch, at + 12, captured, wire, 0, from);
    }

    private void add(PacketBatch batch, long frameAt, int captured, int wire, long nanos, NgInterface from) {
        int i = batch.size;
        batch.frames = window.memory();
        batch.frameOffset[i] = frameAt;
        batch.capturedLength[i] = captured;
        batch.wireLength[i] = RecordReader.wireLength(wire, captured);
        batch.timestampNanos[i] = nanos;
        batch.linkType[i] = from.shared().linkType();
        batch.interfaceIndex[i] = from.shared().index();
        batch.size = i + 1;
    }

    private void describeInterface(long at, long length) throws Damage {
        checkLeast(length, NgFields.INTERFACE_BYTES);
        if (++fileInterfaces > NgFields.MAXIMUM_INTERFACES) {
            throw new Damage("the block at offset " + window.offset() + " describes one interface more than the "
                    + NgFields.MAXIMUM_INTERFACES + " that are followed");
        }
        NgInterface described = NgInterface.read(fields, window.memory(), at, length, interfaces.size());
        if (described == null) {
            throw new Damage("damaged: an option of the interface description at offset " + window.offset()
                    + " is longer than its block");
        }
        interfaces.add(described.shared());
        sectionInterfaces.add(described);
    }

    private NgInterface packetInterface(int number) throws Damage {
        if (number < 0 || number >= sectionInterfaces.size()) {
            throw new Damage("damaged: the packet block at offset " + window.offset() + " is of interface "
                    + Integer.toUnsignedString(number) + ", its section describes " + sectionInterfaces.size());
        }
        return sectionInterfaces.get(number);
    }

    private int checkedCapture(int captured, long room, NgInterface from) throws Damage {
        long most = Math.min(room, from.maximumFrameBytes());
        if (captured < 0 || captured > most) {
            throw new Damage("damaged: the packet block at offset " + window.offset() + " announces "
                    + Integer.toUnsignedString(captured) + " bytes, allowed are up to " + most);
        }
        return captured;
    }

    private void checkLeast(long length, int least) throws Damage {
        if (length < least) {
            throw new Damage("damaged: the block at offset " + window.offset() + " has " + length
                    + " bytes, the least of its type is " + least);
        }
    }

    private long checkedLength(long length, long most) throws Damage {
        if (length < NgFields.MINIMUM_BLOCK_BYTES || length > most || length % 4 != 0) {
            throw new Damage("damaged: the block at offset " + window.offset() + " has a length of " + length
                    + " bytes, allowed are multiples of 4 from " + NgFields.MINIMUM_BLOCK_BYTES + " to " + most);
        }
        return length;
    }

    private static void checkTrailer(long offset, long length, long trailer) throws Damage {
        if (trailer != length) {
            throw new Damage("damaged: the block at offset " + offset + " starts with a length of " + length
                    + " bytes and ends with one of " + trailer);
        }
    }

    private void needBlock(long length) throws IOException {
        if (!window.need(length)) {
            throw truncatedBlock(window.offset(), length, window.available());
        }
    }

    private void skipBlock(long length) throws IOException {
        long start = window.offset();
        if (!window.skip(length - 4) || !window.need(4)) {
            throw truncatedBlock(start, length, window.offset() - start + window.available());
        }
        long trailer = fields.unsignedAt(window.memory(), window.position());
        checkTrailer(start, length, trailer);
        window.position(window.position() + 4);
    }

    private static Damage truncatedBlock(long offset, long length, long there) {
        return new Damage(
                "truncated: the block at offset " + offset + " has " + length + " bytes, the file ends after " + there);
    }
}
