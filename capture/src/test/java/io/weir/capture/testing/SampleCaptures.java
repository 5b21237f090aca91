package io.weir.capture.testing;

import io.weir.filter.packet.LinkType;
import java.nio.ByteOrder;
import java.util.Random;

/** Small captures of every kind, with frames of random bytes and lengths. */
public final class SampleCaptures {
    private static final int LARGEST_FRAME = 200;

    private SampleCaptures() {}

    public static byte[] pcap(ByteOrder order, int packets) {
        Random random = new Random(packets);
        CaptureBytes file = new CaptureBytes(order).pcap(CaptureBytes.MICROSECONDS, LinkType.ETHERNET);
        for (int i = 0; i < packets; i++) {
            file.record(1_700_000_000 + i, random.nextInt(1_000_000), frame(random));
        }
        return file.toArray();
    }

    /** Two interfaces, every packet block, and blocks that are skipped. */
    public static byte[] pcapng(ByteOrder order, int packets) {
        Random random = new Random(packets);
        CaptureBytes file = new CaptureBytes(order).section().describe(LinkType.ETHERNET);
        file.describe(LinkType.RAW, 0, file.body().option(2, (byte) 'a').option(9, (byte) 9));
        for (int i = 0; i < packets; i++) {
            byte[] frame = frame(random);
            switch (random.nextInt(5)) {
                case 0 -> file.obsolete(1, random.nextLong() >>> 4, frame);
                case 1 -> file.simple(frame.length, frame);
                case 2 ->
                    file.block(5, file.body().put(new byte[random.nextInt(5) * 4]))
                            .enhanced(0, i, frame);
                default -> file.enhanced(random.nextInt(2), random.nextLong() >>> 4, frame);
            }
        }
        return file.toArray();
    }

    private static byte[] frame(Random random) {
        byte[] frame = new byte[random.nextInt(LARGEST_FRAME)];
        random.nextBytes(frame);
        return frame;
    }
}
