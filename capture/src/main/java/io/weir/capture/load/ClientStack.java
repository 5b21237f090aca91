package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;

/** How the TCP/IP stacks that most clients have open a connection: TTL, window, and the order of the options. */
enum ClientStack {
    /** Linux: MSS, SACK permitted, timestamps, window scale. */
    LINUX(64, 64_240, 502, 7, true),
    /** Android: Linux with more room to receive in. */
    ANDROID(64, 65_535, 343, 9, true),
    /** Windows 10 and 11: MSS, window scale, SACK permitted; no timestamps. */
    WINDOWS(128, 64_240, 1026, 8, false),
    /** macOS and iOS: MSS, window scale, timestamps, SACK permitted. */
    APPLE(64, 65_535, 2058, 6, true);

    final int timeToLive;
    final int synWindow;
    /** The window field once the connection is open, scaled. */
    final int window;

    final boolean timestamps;
    private final int windowScale;

    ClientStack(int timeToLive, int synWindow, int window, int windowScale, boolean timestamps) {
        this.timeToLive = timeToLive;
        this.synWindow = synWindow;
        this.window = window;
        this.windowScale = windowScale;
        this.timestamps = timestamps;
    }

    /** One of them, about as often as it is met. */
    static ClientStack any(LoadRandom random) {
        return any(random.nextInt(100));
    }

    /** The stack that a number from 0 to 99 stands for. */
    static ClientStack any(int percent) {
        return percent < 12 ? LINUX : percent < 42 ? ANDROID : percent < 72 ? WINDOWS : APPLE;
    }

    /**
     * The ephemeral port that some bits choose: even ones from 32768 to 60998 with Linux (net.ipv4.ip_local_port_range,
     * inet_hashtables.c), from 49152 on with the others (RFC 6335 section 6).
     */
    int port(long bits) {
        int choice = (int) bits & 0x3fff;
        return this == LINUX || this == ANDROID ? 32_768 + 2 * (choice * 14_116 >>> 14) : 49_152 + choice;
    }

    /** The window field that stands for so many bytes, at least one unit. */
    int scaled(int windowBytes) {
        return Math.max(1, windowBytes >>> windowScale);
    }

    /** The options of its SYN. */
    void addSynOptions(FrameBuilder frame, int segmentSize, int clock) {
        frame.maximumSegmentSize(segmentSize);
        switch (this) {
            case LINUX, ANDROID ->
                frame.sackPermitted().timestamps(clock, 0).noOperation().windowScale(windowScale);
            case WINDOWS ->
                frame.noOperation()
                        .windowScale(windowScale)
                        .noOperation()
                        .noOperation()
                        .sackPermitted();
            case APPLE ->
                frame.noOperation()
                        .windowScale(windowScale)
                        .noOperation()
                        .noOperation()
                        .timestamps(clock, 0)
                        .sackPermitted();
        }
    }

    /** The options of a Linux server's SYN-ACK to it: what the client offered. */
    void addSynAckOptions(FrameBuilder frame, int segmentSize, int clock, int echo) {
        frame.maximumSegmentSize(segmentSize);
        if (timestamps) {
            frame.sackPermitted().timestamps(clock, echo).noOperation().windowScale(7);
        } else {
            frame.noOperation().noOperation().sackPermitted().noOperation().windowScale(7);
        }
    }

    /** The window of a Linux server's SYN-ACK to it: whole segments, which timestamps make shorter. */
    int serverSynWindow() {
        return timestamps ? 65_160 : 64_240;
    }
}
