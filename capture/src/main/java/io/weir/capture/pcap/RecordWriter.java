package io.weir.capture.pcap;

import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/** Writes the records of one capture file, the same bytes for the same packets. */
sealed interface RecordWriter permits PcapWriter, PcapngWriter {
    /** What an output without a packet states as its link type. */
    int DEFAULT_LINK_TYPE = LinkType.ETHERNET;

    /** Writes packet {@code i}; false if the format can't hold it beside what it holds already. */
    boolean write(PacketBatch batch, int i) throws IOException;

    /** Writes what a file without packets needs to be one. */
    void finish() throws IOException;
}
