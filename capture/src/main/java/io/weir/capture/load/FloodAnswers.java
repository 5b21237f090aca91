package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.TcpFlags;

/**
 * What the target sends back to a flood, within its limits, a fixed time after each packet: so that a ring holds the
 * answers that are due. A full ring means an answer less.
 */
final class FloodAnswers implements Actor {
    private static final long ANSWER_NANOS = TcpConversation.SERVER_NANOS;
    /** How long a half-open connection stays in the backlog. */
    private static final long HALF_OPEN_NANOS = 3_000_000_000L;
    /** More packets than any flood sends in {@link #ANSWER_NANOS}, see {@link Flood#MAXIMUM_PACKETS_PER_SECOND}. */
    private static final int CAPACITY = 1 << 14;

    private static final int SYN_WINDOW = 64_240;

    private final EventQueue queue;
    private final boolean ipv4;
    private final TokenBucket resets;
    private final TokenBucket echoReplies;
    private final TokenBucket dnsAnswers;
    /** When each place of the backlog is free again; taken in turn, for all are held equally long. */
    private final long[] backlog;

    private long halfOpened;

    private final Due[] ring = new Due[CAPACITY];
    private int head;
    private int waiting;

    private enum Kind {
        SYN_ACK,
        RESET,
        ECHO,
        DNS
    }

    /** One answer: columns would be faster, but this isn't the judging path. */
    private static final class Due {
        private Due(Host anybody) {
            from = anybody;
        }

        private long timeNanos;
        private Kind kind = Kind.RESET;
        private Host from;
        private long high;
        private long low;
        private int port;
        private int serverPort;
        private int sequence;
        private long detail;
        private int label;
    }

    FloodAnswers(EventQueue queue, Host target, ServerLimits limits, long startNanos) {
        this.queue = queue;
        ipv4 = IpAddress.isIpv4(target.high(), target.low());
        resets = new TokenBucket(limits.resetsPerSecond(), startNanos);
        echoReplies = new TokenBucket(limits.echoRepliesPerSecond(), startNanos);
        dnsAnswers = new TokenBucket(limits.dnsAnswersPerSecond(), startNanos);
        backlog = new long[limits.synBacklog()];
        for (int i = 0; i < CAPACITY; i++) {
            ring[i] = new Due(target);
        }
    }

    /** A SYN came: a SYN-ACK while the backlog has room. */
    void syn(long now, Host from, long high, long low, int port, int serverPort, int sequence, int label) {
        if (backlog.length == 0) {
            return;
        }
        int place = (int) (halfOpened % backlog.length);
        if (backlog[place] <= now) {
            backlog[place] = now + HALF_OPEN_NANOS;
            halfOpened++;
            add(now, from, Kind.SYN_ACK, high, low, port, serverPort, sequence + 1, sequence * 0x9e37_79b9L, label);
        }
    }

    /** A segment of no connection came: a reset (RFC 9293 section 3.5.2) that carries its acknowledgment. */
    void stray(long now, Host from, long high, long low, int port, int serverPort, int acknowledgment, int label) {
        if (resets.take(now)) {
            add(now, from, Kind.RESET, high, low, port, serverPort, acknowledgment, 0, label);
        }
    }

    /** An echo request came. */
    void echo(long now, Host from, long high, long low, int identifier, int sequence, int label) {
        if (echoReplies.take(now)) {
            add(now, from, Kind.ECHO, high, low, identifier, 0, sequence, 0, label);
        }
    }

    /** A question came for a name that doesn't exist. */
    void question(long now, Host from, long high, long low, int port, int id, long name, int label) {
        if (dnsAnswers.take(now)) {
            add(now, from, Kind.DNS, high, low, port, 53, id, name, label);
        }
    }

    private void add(
            long now,
            Host from,
            Kind kind,
            long high,
            long low,
            int port,
            int serverPort,
            int sequence,
            long detail,
            int label) {
        if (waiting == CAPACITY) {
            return;
        }
        Due due = ring[head + waiting & CAPACITY - 1];
        due.timeNanos = now + ANSWER_NANOS;
        due.kind = kind;
        due.from = from;
        due.high = high;
        due.low = low;
        due.port = port;
        due.serverPort = serverPort;
        due.sequence = sequence;
        due.detail = detail;
        due.label = Label.answerTo(label);
        if (waiting++ == 0) {
            queue.plan(due.timeNanos, this);
        }
    }

    @Override
    public long act(long now, Tap tap) {
        Due due = ring[head];
        head = head + 1 & CAPACITY - 1;
        waiting--;
        send(due, tap);
        return waiting == 0 ? NEVER : ring[head].timeNanos;
    }

    private void send(Due due, Tap tap) {
        boolean tcp = due.kind == Kind.SYN_ACK || due.kind == Kind.RESET;
        var frame = tap.fromServer(due.from, due.high, due.low, tcp ? 0 : due.sequence & 0xffff, tcp);
        switch (due.kind) {
            case SYN_ACK -> {
                frame.maximumSegmentSize(ipv4 ? 1460 : 1440);
                int flags = TcpFlags.SYN | TcpFlags.ACK;
                tap.tcp(due.serverPort, due.port, (int) due.detail, due.sequence, flags, SYN_WINDOW, due.label);
            }
            case RESET -> tap.tcp(due.serverPort, due.port, due.sequence, 0, TcpFlags.RST, 0, due.label);
            case ECHO -> {
                frame.payload(Payloads.MEMORY, Payloads.PING.offset(), Payloads.PING.length());
                tap.echo(ipv4, true, due.port, due.sequence, due.label);
            }
            case DNS -> {
                int type = DnsMessages.addressType(due.from);
                tap.scratchPayload(DnsMessages.answer(tap.scratch, due.sequence, due.detail, type, true, due.from));
                tap.udp(due.serverPort, due.port, due.label);
            }
        }
    }
}
