/** Where judged packets go. A sink belongs to one worker. Neighbours: {@code filter.*} and {@code capture.pcap}. */
@NullMarked
package io.weir.capture.sink;

import org.jspecify.annotations.NullMarked;
