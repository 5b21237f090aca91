package io.weir.capture.pcap;

import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** Reads the records of one capture file. */
sealed interface RecordReader permits PcapReader, PcapngReader {
    /** Bytes of the largest frame that libpcap and Wireshark accept for every link type that carries IP. */
    int MAXIMUM_FRAME_BYTES = 262_144;

    /** The same for buses (USB, D-Bus), where a transfer is one record. */
    int MAXIMUM_TRANSFER_BYTES = 128 << 20;

    /**
     * Adds packets to an empty batch until it is full or what is in memory is used up. When it throws, the packets
     * before the damage are in the batch.
     *
     * @return false if the input has ended: then the batch is empty
     */
    boolean fill(PacketBatch batch) throws IOException;

    /** Bytes of the largest legal frame of a link type. */
    static int maximumFrameBytes(int linkType) {
        return switch (linkType) {
            // USB as Linux and USBPcap record it, D-Bus, Elektrobit: numbers of the LINKTYPE registry.
            case 189, 220, 231, 249, 279 -> MAXIMUM_TRANSFER_BYTES;
            default -> MAXIMUM_FRAME_BYTES;
        };
    }

    /** An unsigned 32-bit length on the wire as the batch holds it: never below what was captured. */
    static int wireLength(int stated, int capturedLength) {
        int length = stated < 0 ? Integer.MAX_VALUE : stated;
        return Math.max(length, capturedLength);
    }
}
