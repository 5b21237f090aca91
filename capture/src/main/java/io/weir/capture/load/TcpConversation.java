package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.TcpFlags;

/**
 * One TCP connection, both sides, from SYN to the last ACK, as the tap sees it: what comes from the server's side costs
 * microseconds, what comes from the client's a round trip. A response goes out in bursts that double (slow start), each
 * acknowledged before the next; nothing is lost.
 */
final class TcpConversation implements Actor {
    /** Answers of {@link Owner#next}: close the connection; or wait, until the owner plans the conversation again. */
    static final long CLOSE = -1;

    static final long WAIT = -2;

    static final long SERVER_NANOS = 80_000;

    private static final int SERVER_WINDOW = 509;
    private static final int FIRST_BURST = 10; // RFC 6928
    private static final int LARGEST_BURST = 40; // less than the smallest window of a ClientStack
    private static final long SEGMENT_NANOS = 12_000; // 1,514 bytes at 1 Gbit/s

    private final Owner owner;
    private final Host server;
    /** An Ethernet frame less the IP and TCP headers. */
    private final int segmentSize;

    private Client client;
    private int serverPort;
    private int clientPort;
    private int label;
    private int number;
    private boolean serverCloses;
    private Step step = Step.SYN;
    private int clientNext;
    private int serverNext;
    /** How much of the server's stream the client has acknowledged. */
    private int clientSaw;

    private int serverIdentification;
    private int serverClockOffset;
    private int clientClock;
    private int serverClock;

    private Template request = Payloads.FLOOD_REQUEST;
    private long nonce;
    private Response response = Payloads.FLOOD_RESPONSE;
    private long serviceNanos;
    private int responseSent;
    private int burst;
    private int burstLeft;
    private int exchanges;
    private int exchangesPlanned;

    /** Who decides what is said. */
    interface Owner {
        /**
         * Called when the connection is open, and after each exchange: calls {@link #exchange} and answers how long the
         * client takes until it asks, in nanoseconds; or {@link #CLOSE} or {@link #WAIT}.
         */
        long next(TcpConversation conversation);

        /** The last packet was sent: the conversation may be used again. */
        void ended(TcpConversation conversation);
    }

    private enum Step {
        SYN,
        SYN_ACK,
        ACK,
        REQUEST,
        REQUEST_ACK,
        RESPONSE,
        RESPONSE_ACK,
        FIRST_FIN,
        SECOND_FIN,
        LAST_ACK
    }

    /** A conversation of nobody yet; the client only stands in. */
    TcpConversation(Owner owner, Host server, Client anybody) {
        this.owner = owner;
        this.server = server;
        this.segmentSize = IpAddress.isIpv4(server.high(), server.low()) ? 1460 : 1440;
        this.client = anybody;
    }

    /** Makes it a new connection, to be planned for its SYN. */
    void begin(Client from, int port, int plannedExchanges, int truth, LoadRandom random) {
        exchanges = 0;
        exchangesPlanned = plannedExchanges;
        client = from;
        clientPort = from.nextPort();
        serverPort = port;
        label = truth;
        long bits = random.nextLong();
        clientNext = (int) bits;
        serverNext = (int) (bits >>> 32);
        bits = random.nextLong();
        serverClockOffset = (int) bits;
        serverIdentification = (int) (bits >>> 32) & 0xffff;
        serverCloses = bits < 0;
        serverClock = 0;
        step = Step.SYN;
    }

    Client client() {
        return client;
    }

    /** Exchanges so far. */
    int exchanges() {
        return exchanges;
    }

    /** Exchanges that the owner meant to have when it began. */
    int exchangesPlanned() {
        return exchangesPlanned;
    }

    boolean isTls() {
        return serverPort == 443;
    }

    /** Sets the next exchange: what the client asks, what the server answers, and how long it takes to. */
    void exchange(Template question, long questionNonce, Response answer, long answerNanos) {
        exchanges++;
        request = question;
        nonce = questionNonce;
        response = answer;
        serviceNanos = answerNanos;
    }

    @Override
    public long act(long now, Tap tap) {
        if (step == Step.SYN) {
            number = tap.newConversation();
        }
        tap.of(number);
        return switch (step) {
            case SYN -> syn(now, tap);
            case SYN_ACK -> synAck(now, tap);
            case ACK -> {
                fromClient(now, tap, TcpFlags.ACK, 0, Label.opening(label));
                yield proceed(now);
            }
            case REQUEST -> {
                int length = request.write(tap.scratch, nonce);
                fromClient(now, tap, TcpFlags.ACK | TcpFlags.PSH, length, Label.request(label));
                step = Step.REQUEST_ACK;
                yield now + SERVER_NANOS;
            }
            case REQUEST_ACK -> {
                fromServer(now, tap, TcpFlags.ACK, 0);
                step = Step.RESPONSE;
                responseSent = 0;
                burst = FIRST_BURST;
                burstLeft = burst;
                yield now + serviceNanos;
            }
            case RESPONSE -> respond(now, tap);
            case RESPONSE_ACK -> acknowledge(now, tap);
            case FIRST_FIN -> fin(now, tap, serverCloses, Step.SECOND_FIN);
            case SECOND_FIN -> fin(now, tap, !serverCloses, Step.LAST_ACK);
            case LAST_ACK -> lastAck(now, tap);
        };
    }

    private long syn(long now, Tap tap) {
        FrameBuilder frame = address(tap, true);
        clientClock = client.clock(now);
        client.stack.addSynOptions(frame, segmentSize, clientClock);
        tap.tcp(clientPort, serverPort, clientNext++, 0, TcpFlags.SYN, client.stack.synWindow, Label.opening(label));
        step = Step.SYN_ACK;
        return now + SERVER_NANOS;
    }

    private long synAck(long now, Tap tap) {
        FrameBuilder frame = address(tap, false);
        serverClock = serverClock(now);
        client.stack.addSynAckOptions(frame, segmentSize, serverClock, clientClock);
        int flags = TcpFlags.SYN | TcpFlags.ACK;
        tap.tcp(
                serverPort,
                clientPort,
                serverNext++,
                clientNext,
                flags,
                client.stack.serverSynWindow(),
                Label.opening(Label.answerTo(label)));
        clientSaw = serverNext;
        step = Step.ACK;
        return now + client.roundTripNanos;
    }

    private long proceed(long now) {
        long wait = owner.next(this);
        if (wait == CLOSE) {
            step = Step.FIRST_FIN;
            return now + SERVER_NANOS;
        }
        step = Step.REQUEST;
        return wait == WAIT ? NEVER : now + wait;
    }

    private long respond(long now, Tap tap) {
        int left = response.length() - responseSent;
        // RFC 6691: the timestamps take their 12 bytes from the segment size.
        int most = segmentSize - (client.stack.timestamps ? 12 : 0);
        int length = Math.min(left, most);
        burstLeft--;
        boolean pause = left == length || burstLeft == 0;
        FrameBuilder frame = serverFrame(now, tap);
        response.addPayload(frame, tap.scratch, responseSent, length);
        int flags = pause ? TcpFlags.ACK | TcpFlags.PSH : TcpFlags.ACK;
        tap.tcp(serverPort, clientPort, serverNext, clientNext, flags, SERVER_WINDOW, Label.answerTo(label));
        serverNext += length;
        responseSent += length;
        if (!pause) {
            return now + SEGMENT_NANOS;
        }
        step = Step.RESPONSE_ACK;
        return now + client.roundTripNanos;
    }

    /** Every second segment has its ACK (RFC 5681 section 4.2), the last one too. */
    private long acknowledge(long now, Tap tap) {
        clientSaw += Math.min(2 * segmentSize, serverNext - clientSaw);
        fromClient(now, tap, TcpFlags.ACK, 0, label);
        if (clientSaw != serverNext) {
            return now + 2 * SEGMENT_NANOS;
        }
        if (responseSent == response.length()) {
            return proceed(now);
        }
        burst = Math.min(2 * burst, LARGEST_BURST);
        burstLeft = burst;
        step = Step.RESPONSE;
        return now + SERVER_NANOS;
    }

    private long fin(long now, Tap tap, boolean byServer, Step then) {
        int flags = TcpFlags.FIN | TcpFlags.ACK;
        if (byServer) {
            fromServer(now, tap, flags, 1);
            clientSaw = serverNext;
        } else {
            fromClient(now, tap, flags, 0, label);
            clientNext++;
        }
        step = then;
        return now + (byServer ? client.roundTripNanos : SERVER_NANOS);
    }

    private long lastAck(long now, Tap tap) {
        if (serverCloses) {
            fromServer(now, tap, TcpFlags.ACK, 0);
        } else {
            fromClient(now, tap, TcpFlags.ACK, 0, label);
        }
        owner.ended(this);
        return NEVER;
    }

    private void fromClient(long now, Tap tap, int flags, int payloadBytes, int truth) {
        FrameBuilder frame = address(tap, true);
        if (client.stack.timestamps) {
            clientClock = client.clock(now);
            frame.noOperation().noOperation().timestamps(clientClock, serverClock);
        }
        tap.scratchPayload(payloadBytes);
        tap.tcp(clientPort, serverPort, clientNext, clientSaw, flags, client.stack.window, truth);
        clientNext += payloadBytes;
    }

    private void fromServer(long now, Tap tap, int flags, int sequenceLength) {
        serverFrame(now, tap);
        tap.tcp(serverPort, clientPort, serverNext, clientNext, flags, SERVER_WINDOW, Label.answerTo(label));
        serverNext += sequenceLength;
    }

    private FrameBuilder serverFrame(long now, Tap tap) {
        FrameBuilder frame = address(tap, false);
        if (client.stack.timestamps) {
            serverClock = serverClock(now);
            frame.noOperation().noOperation().timestamps(serverClock, clientClock);
        }
        return frame;
    }

    private FrameBuilder address(Tap tap, boolean fromClient) {
        if (fromClient) {
            return tap.toServer(server, client.high, client.low, client.timeToLive, client.nextIdentification(), true);
        }
        // Linux sends a SYN-ACK with identification 0 and counts from there on.
        int identification = step == Step.SYN_ACK ? 0 : ++serverIdentification & 0xffff;
        return tap.fromServer(server, client.high, client.low, identification, true);
    }

    private int serverClock(long now) {
        return serverClockOffset + (int) (now / 1_000_000);
    }
}
