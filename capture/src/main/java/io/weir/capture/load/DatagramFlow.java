package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** One exchange over UDP, both ways: a call, a QUIC connection, or a question for the time. */
final class DatagramFlow implements Actor {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long HALF_FRAME_NANOS = 10_000_000; // RTP: 20 ms of speech a packet (RFC 3551 section 4.5)
    private static final int SPEECH_BYTES = 12 + 160;
    private static final int TIME_BYTES = 48; // RFC 5905 section 7.3
    private static final int TIME_PORT = 123;
    private static final int DNS_PORT = 53;
    private static final int QUIC_PORT = 443;
    private static final int QUIC_BYTES = 1_232;
    private static final int QUIC_ACK_BYTES = 38;
    private static final int QUIC_BURST = 10;
    private static final long GAP_NANOS = 15_000;
    private static final long SERVER_NANOS = 400_000;
    private static final long THINK_NANOS = 200_000_000;

    private final Runnable free;
    private Activity activity = Activity.NTP;
    private Client client;
    private Host host;
    private final LoadRandom random;
    private int clientPort;
    private int hostPort;
    private int label;
    private int number;
    private int steps;
    private int step;
    private long bits;

    /** A flow of nobody yet; host and client only stand in. */
    DatagramFlow(Host anyHost, Client anybody, LoadRandom random, Consumer<DatagramFlow> ended) {
        host = anyHost;
        client = anybody;
        this.random = random;
        free = () -> ended.accept(this);
    }

    /** Makes it a new exchange, to be planned; so many packets, and of QUIC so many requests. */
    void begin(Activity what, Client from, Host to, int count, long drawn) {
        activity = what;
        client = from;
        host = to;
        steps = count;
        step = 0;
        bits = drawn;
        label = Label.legitimate(what, from.number);
        clientPort = from.stack.port(drawn);
        hostPort = switch (what) {
            case NTP -> TIME_PORT;
            case QUIC -> QUIC_PORT;
            case CALL -> 16_384 + 2 * (int) (drawn >>> 32 & 0x1fff);
            default -> ClientStack.LINUX.port(drawn >>> 32);
        };
        if (what == Activity.OUTBOUND_NTP) {
            clientPort = TIME_PORT;
        } else if (what == Activity.OUTBOUND_DNS) {
            clientPort = DNS_PORT;
        }
    }

    @Override
    public long act(long now, Tap tap) {
        if (step == 0) {
            number = tap.newConversation();
        }
        tap.of(number);
        long next = switch (activity) {
            case CALL -> call(now, tap);
            case QUIC -> quic(now, tap);
            case OUTBOUND_DNS -> name(now, tap);
            default -> time(now, tap);
        };
        if (next == NEVER) {
            free.run();
        }
        return next;
    }

    private long call(long now, Tap tap) {
        boolean byHost = step % 2 == 1;
        MemorySegment out = tap.scratch;
        int from = (int) (LoadRandom.mix(bits + step) >>> 50);
        MemorySegment.copy(Payloads.MEMORY, Payloads.RANDOM.offset() + from, out, 12, SPEECH_BYTES - 12);
        out.set(SHORT, 0, (short) 0x8000); // RFC 3550 section 5.1, payload type 0
        out.set(SHORT, 2, (short) (step / 2));
        out.set(INT, 4, step / 2 * 160);
        out.set(INT, 8, (int) (byHost ? bits : ~bits));
        send(now, tap, byHost, SPEECH_BYTES);
        return ++step == steps ? NEVER : now + HALF_FRAME_NANOS;
    }

    private long time(long now, Tap tap) {
        boolean byHost = step == 0 == (activity == Activity.OUTBOUND_NTP);
        tap.scratch.asSlice(0, TIME_BYTES).fill((byte) 0);
        tap.scratch.set(SHORT, 0, (short) (step == 0 ? 0x2300 : 0x2402));
        tap.scratch.set(LONG, 40, now << 2 | bits & 3);
        send(now, tap, byHost, TIME_BYTES);
        return ++step == 2 ? NEVER : now + (byHost ? client.roundTripNanos : SERVER_NANOS);
    }

    private long name(long now, Tap tap) {
        int id = (int) (bits >>> 48);
        int type = DnsMessages.addressType(host);
        int length = step == 0
                ? DnsMessages.question(tap.scratch, id, DnsMessages.WEB_NAME, type)
                : DnsMessages.answer(tap.scratch, id, DnsMessages.WEB_NAME, type, false, host);
        send(now, tap, step == 0, length);
        return ++step == 2 ? NEVER : now + client.roundTripNanos;
    }

    /** The hellos (RFC 9000 section 7), then requests: each an answer of some datagrams, every second one acknowledged. */
    private long quic(long now, Tap tap) {
        MemorySegment out = tap.scratch;
        long drawn = bits + step;
        int at = step++;
        if (at == 0) {
            send(now, tap, false, QuicPackets.initial(out, bits));
            return now + SERVER_NANOS;
        }
        if (at <= 2) {
            send(now, tap, true, QuicPackets.handshake(out, drawn, QuicPackets.INITIAL_BYTES));
            return now + (at == 1 ? GAP_NANOS : client.roundTripNanos);
        }
        if (at == 3) {
            send(now, tap, false, QuicPackets.handshake(out, drawn, 300));
            return now + GAP_NANOS;
        }
        int round = 1 + QUIC_BURST + QUIC_BURST / 2;
        int place = (at - 4) % round;
        boolean isLast = (at - 4) / round + 1 == steps && place == round - 1;
        if (place == 0) {
            send(now, tap, false, QuicPackets.data(out, drawn, 80 + (int) (drawn & 0xff)));
            return now + SERVER_NANOS;
        }
        if (place <= QUIC_BURST) {
            send(now, tap, true, QuicPackets.data(out, drawn, QUIC_BYTES));
            return now + (place == QUIC_BURST ? client.roundTripNanos : GAP_NANOS);
        }
        send(now, tap, false, QuicPackets.data(out, drawn, QUIC_ACK_BYTES));
        return isLast ? NEVER : now + (place == round - 1 ? 1 + random.waitNanos(THINK_NANOS) : 2 * GAP_NANOS);
    }

    private void send(long now, Tap tap, boolean byHost, int lengthBytes) {
        int identification = (int) (LoadRandom.mix(bits ^ now) & 0xffff);
        if (byHost) {
            tap.fromServer(host, client.high, client.low, identification, true);
            tap.scratchPayload(lengthBytes);
            tap.udp(hostPort, clientPort, Label.outward(label));
        } else {
            tap.toServer(host, client.high, client.low, client.timeToLive, client.nextIdentification(), true);
            tap.scratchPayload(lengthBytes);
            tap.udp(clientPort, hostPort, label);
        }
    }
}
