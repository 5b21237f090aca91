/**
 * The capture file formats pcap and pcapng, read and written without copying frames, and filter expressions.
 *
 * <pre>
 *   file ─▶ InputChannel ─▶ (GzipChannel) ─▶ ByteWindow ─▶ PcapReader | PcapngReader ─▶ PacketBatch
 * </pre>
 *
 * <p>Everything here belongs to one thread. Neighbours: {@code filter.packet}; pcap4j only to compile filters.
 */
@NullMarked
package io.weir.capture.pcap;

import org.jspecify.annotations.NullMarked;
