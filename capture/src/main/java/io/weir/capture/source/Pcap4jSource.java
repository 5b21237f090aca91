package io.weir.capture.source;

import io.weir.capture.pcap.LiveCapture;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;

/**
 * The packets of one interface through libpcap and pcap4j: where {@link AfPacketSource} can't be had. Slower by ten
 * times, and it loses packets above some hundred thousand a second. It ends when interrupted.
 */
public final class Pcap4jSource implements PacketSource {
    private final LiveCapture capture;
    private long bytesRead;
    private volatile boolean isInterrupted;

    private Pcap4jSource(LiveCapture capture) {
        this.capture = capture;
    }

    /**
     * Opens an interface, promiscuous.
     *
     * @param snapLengthBytes so much of each packet at most
     * @param filter a tcpdump expression, empty for everything
     * @throws io.weir.capture.pcap.FilterException if libpcap doesn't understand it, or isn't installed
     */
    public static Pcap4jSource open(String interfaceName, int snapLengthBytes, String filter) throws IOException {
        return new Pcap4jSource(LiveCapture.open(interfaceName, snapLengthBytes, filter));
    }

    @Override
    public int fill(PacketBatch batch) throws IOException {
        if (isInterrupted) {
            batch.size = 0;
            return END;
        }
        int count = capture.fill(batch);
        for (int i = 0; i < count; i++) {
            bytesRead += batch.capturedLength[i];
        }
        return count;
    }

    /** Ends the source within milliseconds. Any thread. */
    public void interrupt() {
        isInterrupted = true;
    }

    /** Packets that weren't taken in time; for the thread that fills. */
    public long lostPackets() throws IOException {
        return capture.lostPackets();
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    public long bytesTotal() {
        return -1;
    }

    @Override
    public void close() {
        capture.close();
    }
}
