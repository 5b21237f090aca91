package io.weir.capture.linux;

import java.util.List;

/**
 * What an {@link NfQueue} is made of.
 *
 * @param number of the queue, 0 to 65,535
 * @param copyBytes so much of each packet at most
 * @param capacityPackets that wait for a verdict at most
 * @param isOverloadOpen whether packets pass when the queue is full, instead of being dropped
 * @param isKeepingSegments whether packets that the host joined are judged as one, which is faster; else the kernel cuts
 *     them first, and each counts
 * @param interfaces names that packets are told apart by: a batch's {@code interfaceIndex} counts in this list
 */
public record QueueSettings(
        int number,
        int copyBytes,
        int capacityPackets,
        boolean isOverloadOpen,
        boolean isKeepingSegments,
        List<String> interfaces) {
    /** Headers, a DNS question, and of an HTTP request or a TLS greeting as much as tells who asks for what. */
    private static final int COPY_BYTES = 512;
    /** 0.2 s of 300,000 packets a second, which is what one queue does. */
    public static final int CAPACITY_PACKETS = 65_536;

    private static final int NUMBER_MAXIMUM = 65_535;
    private static final int COPY_MINIMUM = 128;
    private static final int COPY_MAXIMUM = 65_531;

    /** @throws IllegalArgumentException for a number out of range, less than the headers, or no capacity */
    public QueueSettings {
        interfaces = List.copyOf(interfaces);
        if (number < 0 || number > NUMBER_MAXIMUM || copyBytes < COPY_MINIMUM || copyBytes > COPY_MAXIMUM) {
            throw new IllegalArgumentException("queue " + number + " with " + copyBytes + " bytes of each packet");
        }
        if (capacityPackets < 1) {
            throw new IllegalArgumentException("a queue of " + capacityPackets + " packets");
        }
    }

    /** Segments cut, packets dropped when the queue is full. */
    public static QueueSettings of(int number, List<String> interfaces) {
        return new QueueSettings(number, COPY_BYTES, CAPACITY_PACKETS, false, false, interfaces);
    }

    public QueueSettings withOverloadOpen(boolean isOpen) {
        return new QueueSettings(number, copyBytes, capacityPackets, isOpen, isKeepingSegments, interfaces);
    }

    public QueueSettings withCapacity(int packets) {
        return new QueueSettings(number, copyBytes, packets, isOverloadOpen, isKeepingSegments, interfaces);
    }

    public QueueSettings withCopy(int bytes) {
        return new QueueSettings(number, bytes, capacityPackets, isOverloadOpen, isKeepingSegments, interfaces);
    }

    public QueueSettings keepingSegments() {
        return new QueueSettings(number, copyBytes, capacityPackets, isOverloadOpen, true, interfaces);
    }
}
