package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.TcpFlags;

/**
 * One TCP connection, both sides, from SYN to the last ACK, as the tap sees it: what comes from the near side costs
 * microseconds, what comes from outside a round trip. Either side may open it. What is said goes out in bursts that double
 * (slow start), each acknowledged before the next; nothing is lost but SYNs that nobody answers.
 */
final class TcpConversation implements Actor {
    /** Answers of {@link Owner#next}: close the connection; wait, until the owner plans it again; or end without a word. */
    static final long CLOSE = -1;

    static final long WAIT = -2;
    static final long ABANDON = -3;

    static final long SERVER_NANOS = 80_000;

    /** Segments in one burst at most: less than the smallest window of a {@link ClientStack}. */
    static final int USUAL_BURST = 40;

    private static final int HOST_WINDOW = 509;
    private static final int FIRST_BURST = 10; // RFC 6928
    private static final long SEGMENT_NANOS = 12_000; // 1,514 bytes at 1 Gbit/s
    private static final long FIRST_RETRY_NANOS = 1_000_000_000L; // RFC 6298 section 2

    private final Owner owner;
    private Host host;
    private Client client;
    private int hostPort;
    private int clientPort;
    private boolean isOpenedByHost;
    private boolean hostCloses;
    private int label;
    private int number;
    private int segmentSize;
    private int largestBurst;
    /** So much larger than usual are windows, so that a burst fits in. */
    private int windowFactor;
    /** The client's window field, where it isn't its stack's usual one; else 0. */
    private int clientWindow;
    /** Whether the client has no room left. */
    private boolean isFull;

    private int unansweredSyns;
    private int synTries;

    private Step step = Step.SYN;
    private int clientNext;
    private int hostNext;
    /** How much of each stream the other side has acknowledged. */
    private int clientSaw;

    private int hostSaw;
    private int hostIdentification;
    private int hostClockOffset;
    private int clientClock;
    private int hostClock;

    private boolean isHostSpeaking;
    private boolean isRequest;
    private Response words = Response.EMPTY;
    private Template template = Template.NONE;
    private long nonce;
    private int length;
    private int said;
    private int burst;
    private int burstLeft;
    private int turns;
    private int turnsPlanned;

    /** Who decides what is said. */
    interface Owner {
        /**
         * Called when the connection is open, and after each turn: calls {@link #ask}, {@link #say} and answers how long the
         * speaker takes, in nanoseconds; or {@link #CLOSE}, {@link #WAIT} or {@link #ABANDON}.
         */
        long next(TcpConversation conversation, long nowNanos);

        /** The last packet was sent: the conversation may be used again. */
        void ended(TcpConversation conversation);
    }

    private enum Step {
        SYN,
        SYN_ACK,
        ACK,
        SPEAK,
        ACKNOWLEDGE,
        FIRST_FIN,
        SECOND_FIN,
        LAST_ACK
    }

    /** A conversation of nobody yet; host and client only stand in. */
    TcpConversation(Owner owner, Host anyHost, Client anybody) {
        this.owner = owner;
        this.host = anyHost;
        this.client = anybody;
    }

    /** Makes it a new connection, to be planned for its SYN. */
    void begin(Client from, Host to, int port, int plannedTurns, int truth, LoadRandom random) {
        turns = 0;
        turnsPlanned = plannedTurns;
        client = from;
        host = to;
        clientPort = from.nextPort();
        hostPort = port;
        isOpenedByHost = false;
        label = truth;
        segmentSize = IpAddress.isIpv4(to.high(), to.low()) ? 1460 : 1440;
        largestBurst = USUAL_BURST;
        windowFactor = 1;
        clientWindow = 0;
        isFull = false;
        unansweredSyns = 0;
        synTries = 0;
        long bits = random.nextLong();
        clientNext = (int) bits;
        hostNext = (int) (bits >>> 32);
        bits = random.nextLong();
        hostClockOffset = (int) bits;
        hostIdentification = (int) (bits >>> 32) & 0xffff;
        hostCloses = bits < 0;
        hostClock = 0;
        clientClock = 0;
        step = Step.SYN;
    }

    /** The near side opens it, to a port outside. */
    void openFromHost(int outsidePort, int ownPort) {
        isOpenedByHost = true;
        hostPort = ownPort;
        clientPort = outsidePort;
    }

    /** Bursts of so many segments, and windows that hold them. */
    void widen(int segments) {
        largestBurst = segments;
        windowFactor = Math.ceilDiv(segments, USUAL_BURST);
    }

    /** The client never offers more room than this, in bytes. */
    void offer(int windowBytes) {
        clientWindow = windowBytes;
    }

    /** From now on the client offers no room at all. */
    void fill() {
        isFull = true;
    }

    /** The first so many SYNs get no answer: the host is overloaded. */
    void leaveUnanswered(int syns) {
        unansweredSyns = syns;
    }

    Client client() {
        return client;
    }

    /** Turns so far. */
    int turns() {
        return turns;
    }

    /** Turns that the owner meant to have when it began. */
    int turnsPlanned() {
        return turnsPlanned;
    }

    boolean isTls() {
        return hostPort == 443 || isOpenedByHost && clientPort == 443;
    }

    /** What the opening side says next: a request, in one segment. */
    void ask(Template question, long questionNonce) {
        say(isOpenedByHost, Response.EMPTY, true);
        template = question;
        nonce = questionNonce;
        length = question.length();
    }

    /** What the answering side says next. */
    void answer(Response response) {
        say(!isOpenedByHost, response, false);
    }

    /** What one side says next. */
    void say(boolean byHost, Response response, boolean asks) {
        turns++;
        isHostSpeaking = byHost;
        words = response;
        template = Template.NONE;
        isRequest = asks;
        length = response.length();
        said = 0;
        burst = FIRST_BURST;
        burstLeft = burst;
    }

    /** The window is open already: no slow start for this turn. */
    void continueBurst() {
        burst = Math.min(largestBurst, turns * FIRST_BURST);
        burstLeft = burst;
    }

    @Override
    public long act(long now, Tap tap) {
        if (step == Step.SYN && synTries == 0) {
            number = tap.newConversation();
        }
        tap.of(number);
        return switch (step) {
            case SYN -> syn(now, tap);
            case SYN_ACK -> synAck(now, tap);
            case ACK -> {
                send(now, tap, isOpenedByHost, TcpFlags.ACK, 0, Label.opening(label));
                yield proceed(now);
            }
            case SPEAK -> speak(now, tap);
            case ACKNOWLEDGE -> acknowledge(now, tap);
            case FIRST_FIN -> fin(now, tap, hostCloses, Step.SECOND_FIN);
            case SECOND_FIN -> fin(now, tap, !hostCloses, Step.LAST_ACK);
            case LAST_ACK -> {
                send(now, tap, hostCloses, TcpFlags.ACK, 0, label);
                owner.ended(this);
                yield NEVER;
            }
        };
    }

    /** When the other side's answer to a packet of one side passes the tap. */
    private long answerAfter(boolean byHost, long now) {
        return now + (byHost ? client.roundTripNanos : SERVER_NANOS);
    }

    private long syn(long now, Tap tap) {
        FrameBuilder frame = address(tap, isOpenedByHost);
        ClientStack stack = isOpenedByHost ? ClientStack.LINUX : client.stack;
        stack.addSynOptions(frame, segmentSize, clock(now, isOpenedByHost));
        int sequence = isOpenedByHost ? hostNext : clientNext;
        int window = clientWindow > 0 ? clientWindow : stack.synWindow;
        transmit(tap, isOpenedByHost, sequence, 0, TcpFlags.SYN, window, Label.opening(label));
        if (synTries < unansweredSyns) {
            return now + (FIRST_RETRY_NANOS << synTries++);
        }
        advance(isOpenedByHost, 1);
        step = Step.SYN_ACK;
        return answerAfter(isOpenedByHost, now);
    }

    private long synAck(long now, Tap tap) {
        boolean byHost = !isOpenedByHost;
        FrameBuilder frame = address(tap, byHost);
        int clock = clock(now, byHost);
        client.stack.addSynAckOptions(frame, segmentSize, clock, byHost ? clientClock : hostClock);
        int flags = TcpFlags.SYN | TcpFlags.ACK;
        int truth = Label.opening(label);
        transmit(
                tap,
                byHost,
                byHost ? hostNext : clientNext,
                peerNext(byHost),
                flags,
                client.stack.serverSynWindow(),
                truth);
        advance(byHost, 1);
        clientSaw = hostNext;
        hostSaw = clientNext;
        step = Step.ACK;
        return answerAfter(byHost, now);
    }

    private long proceed(long now) {
        long wait = owner.next(this, now);
        if (wait == CLOSE) {
            step = Step.FIRST_FIN;
            return now + SERVER_NANOS;
        }
        if (wait == ABANDON) {
            owner.ended(this);
            return NEVER;
        }
        step = Step.SPEAK;
        return wait == WAIT ? NEVER : now + wait;
    }

    private long speak(long now, Tap tap) {
        int left = length - said;
        // RFC 6691: the timestamps take their 12 bytes from the segment size.
        int most = segmentSize - (client.stack.timestamps ? 12 : 0);
        int bytes = Math.min(left, most);
        burstLeft--;
        boolean pause = left == bytes || burstLeft == 0;
        FrameBuilder frame = segment(now, tap, isHostSpeaking);
        if (template == Template.NONE) {
            words.addPayload(frame, tap.scratch, said, bytes);
        } else {
            tap.scratchPayload(template.write(tap.scratch, nonce));
        }
        int flags = pause ? TcpFlags.ACK | TcpFlags.PSH : TcpFlags.ACK;
        int truth = isRequest && said == 0 ? Label.request(label) : label;
        transmit(tap, isHostSpeaking, flags, truth);
        advance(isHostSpeaking, bytes);
        said += bytes;
        if (!pause) {
            return now + SEGMENT_NANOS;
        }
        step = Step.ACKNOWLEDGE;
        return answerAfter(isHostSpeaking, now);
    }

    /** Every second segment has its ACK (RFC 5681 section 4.2), the last one too. */
    private long acknowledge(long now, Tap tap) {
        boolean byHost = !isHostSpeaking;
        if (byHost) {
            hostSaw += Math.min(2 * segmentSize, clientNext - hostSaw);
        } else {
            clientSaw += Math.min(2 * segmentSize, hostNext - clientSaw);
        }
        send(now, tap, byHost, TcpFlags.ACK, 0, label);
        if (byHost ? hostSaw != clientNext : clientSaw != hostNext) {
            return now + 2 * SEGMENT_NANOS;
        }
        if (said == length) {
            return proceed(now);
        }
        burst = Math.min(2 * burst, largestBurst);
        burstLeft = burst;
        step = Step.SPEAK;
        return answerAfter(byHost, now);
    }

    private long fin(long now, Tap tap, boolean byHost, Step then) {
        send(now, tap, byHost, TcpFlags.FIN | TcpFlags.ACK, 1, label);
        if (byHost) {
            clientSaw = hostNext;
        } else {
            hostSaw = clientNext;
        }
        step = then;
        return answerAfter(byHost, now);
    }

    private void send(long now, Tap tap, boolean byHost, int flags, int sequenceLength, int truth) {
        segment(now, tap, byHost);
        transmit(tap, byHost, flags, truth);
        advance(byHost, sequenceLength);
    }

    private FrameBuilder segment(long now, Tap tap, boolean byHost) {
        FrameBuilder frame = address(tap, byHost);
        if (client.stack.timestamps) {
            int clock = clock(now, byHost);
            frame.noOperation().noOperation().timestamps(clock, byHost ? clientClock : hostClock);
        }
        return frame;
    }

    private void transmit(Tap tap, boolean byHost, int flags, int truth) {
        int room = isFull ? 0 : clientWindow > 0 ? client.stack.scaled(clientWindow) : client.stack.window;
        int window = byHost ? HOST_WINDOW : room;
        int widened = Math.min(65_535, window * windowFactor);
        if (byHost) {
            transmit(tap, true, hostNext, hostSaw, flags, widened, truth);
        } else {
            transmit(tap, false, clientNext, clientSaw, flags, widened, truth);
        }
    }

    private void transmit(Tap tap, boolean byHost, int sequence, int acknowledgment, int flags, int window, int truth) {
        int from = byHost ? hostPort : clientPort;
        int to = byHost ? clientPort : hostPort;
        tap.tcp(from, to, sequence, acknowledgment, flags, window, byHost ? Label.outward(truth) : truth);
    }

    private int peerNext(boolean byHost) {
        return byHost ? clientNext : hostNext;
    }

    private void advance(boolean byHost, int sequenceLength) {
        if (byHost) {
            hostNext += sequenceLength;
        } else {
            clientNext += sequenceLength;
        }
    }

    private FrameBuilder address(Tap tap, boolean byHost) {
        if (!byHost) {
            return tap.toServer(host, client.high, client.low, client.timeToLive, client.nextIdentification(), true);
        }
        // Linux sends a SYN-ACK with identification 0 and counts from there on.
        int identification = step == Step.SYN_ACK ? 0 : ++hostIdentification & 0xffff;
        return tap.fromServer(host, client.high, client.low, identification, true);
    }

    /** The millisecond clock of one side, remembered for the other to echo. */
    private int clock(long now, boolean byHost) {
        if (byHost) {
            hostClock = hostClockOffset + (int) (now / 1_000_000);
            return hostClock;
        }
        clientClock = client.clock(now);
        return clientClock;
    }
}
