/** Where packets come from: an open interface, and its file sources. A source belongs to one worker. Neighbours: {@code filter.*} and {@code capture.pcap}. */
@NullMarked
package io.weir.capture.source;

import org.jspecify.annotations.NullMarked;
