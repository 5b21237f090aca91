package io.weir.capture.testing;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;

/** libpcap through pcap4j: another reader of the same files. */
public final class Libpcap {
    /**
     * A file as libpcap reads it.
     *
     * @param packets interface and link type are 0: pcap4j doesn't tell them by packet
     * @param failure why it stopped, or empty
     */
    public record Reading(List<ReadPacket> packets, int snapLength, String failure) {}

    /** The failure where a fraction is beyond its second: pcap4j's timestamps can't hold that. */
    public static final String FRACTION_TOO_LARGE = "pcap4j can't hold the fraction of a second";

    private Libpcap() {}

    /** Skips the calling test, saying how to run it, where libpcap isn't there. */
    public static void assumeInstalled() {
        Skips.unless(isInstalled(), "install the package libpcap0.8, which stands beside our reader and filters");
    }

    private static boolean isInstalled() {
        try {
            return !Pcaps.libVersion().isEmpty();
        } catch (LinkageError e) {
            return false;
        }
    }

    public static Reading read(Path file) throws IOException {
        List<ReadPacket> packets = new ArrayList<>();
        String failure = "";
        int snapLength = 0;
        try (PcapHandle handle = Pcaps.openOffline(file.toString(), PcapHandle.TimestampPrecision.NANO)) {
            snapLength = handle.getSnapshot();
            while (true) {
                byte[] frame = handle.getNextRawPacketEx();
                packets.add(new ReadPacket(
                        nanos(handle.getTimestamp()), handle.getOriginalLength(), 0, 0, ByteBuffer.wrap(frame)));
            }
        } catch (EOFException e) {
            // The regular end.
        } catch (PcapNativeException e) {
            failure = String.valueOf(e.getMessage());
        } catch (IllegalArgumentException e) {
            failure = FRACTION_TOO_LARGE;
        } catch (TimeoutException | NotOpenException e) {
            throw new IOException(e);
        }
        return new Reading(packets, snapLength, failure);
    }

    /** The number that libpcap's compiler has for the link type of a file; -1 for a file that libpcap can't open. */
    public static int dataLinkType(Path file) {
        try (PcapHandle handle = Pcaps.openOffline(file.toString())) {
            return handle.getDlt().value();
        } catch (PcapNativeException e) {
            return -1;
        }
    }

    private static long nanos(Timestamp time) {
        return Math.floorDiv(time.getTime(), 1000L) * 1_000_000_000L + time.getNanos();
    }
}
