/** The capture file formats pcap and pcapng, read and written without copying frames, and filter expressions. Neighbours: {@code filter.packet}; pcap4j only to compile filters. */
@NullMarked
package io.weir.capture.pcap;

import org.jspecify.annotations.NullMarked;
