package io.weir.capture.load;

import io.weir.filter.address.IpAddress;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.TcpFlags;

/** Floods whose packets stand alone, each an arrival; the target's answers come from {@link FloodAnswers}. */
abstract class PacketFlood implements Arrivals.Handler {
    private static final int LOWEST_PORT = 1024;
    private static final int PORTS = 65_536;

    final LoadRandom random;
    final Attackers attackers;
    final Host target;
    final FloodAnswers answers;
    final int label;

    private PacketFlood(Setting setting) {
        random = setting.random;
        attackers = setting.attackers;
        target = setting.target;
        answers = setting.answers;
        label = setting.label;
    }

    /** What every flood needs. */
    record Setting(LoadRandom random, Attackers attackers, Host target, FloodAnswers answers, int label) {}

    /** The flood of a kind other than HTTP. */
    static PacketFlood of(Flood flood, Setting setting) {
        return switch (flood.kind()) {
            case SYN -> new Syn(setting);
            case UDP -> new Udp(setting);
            case ACK -> new Ack(setting);
            case ICMP -> new Icmp(setting);
            case DNS -> new Dns(setting);
            case HTTP, OTHER -> throw new IllegalArgumentException("no packets of their own: " + flood.kind());
        };
    }

    @Override
    public final void arrive(long now, Tap tap) {
        attackers.draw();
        long bits = random.nextLong();
        int identification = (int) (bits >>> 48);
        FrameBuilder frame =
                tap.toServer(target, attackers.high(), attackers.low(), attackers.timeToLive(), identification, false);
        int port = LOWEST_PORT + (int) ((bits >>> 32 & 0xffff) * (PORTS - LOWEST_PORT) >>> 16);
        send(now, tap, frame, port, (int) bits);
    }

    /** Sends one packet, already addressed, from a random port; further random bits serve as a sequence number. */
    abstract void send(long now, Tap tap, FrameBuilder frame, int port, int bits);

    /** SYNs as simple tools send them: no options, a small window that never changes. */
    private static final class Syn extends PacketFlood {
        private static final int WINDOW = 512;

        private Syn(Setting setting) {
            super(setting);
        }

        @Override
        void send(long now, Tap tap, FrameBuilder frame, int port, int bits) {
            tap.tcp(port, 80, bits, 0, TcpFlags.SYN, WINDOW, label);
            answers.syn(now, attackers.high(), attackers.low(), port, 80, bits, label);
        }
    }

    /** Datagrams of random length and content to random ports. */
    private static final class Udp extends PacketFlood {
        private static final int SHORTEST = 16;
        private static final int LONGEST = 512;

        private Udp(Setting setting) {
            super(setting);
        }

        @Override
        void send(long now, Tap tap, FrameBuilder frame, int port, int bits) {
            int length = random.between(SHORTEST, LONGEST + 1);
            int from = random.nextInt(Payloads.RANDOM.length() - length);
            frame.payload(Payloads.MEMORY, Payloads.RANDOM.offset() + from, length);
            tap.udp(port, 1 + random.nextInt(PORTS - 1), label);
        }
    }

    /** Segments of no connection, half of them with a little data. */
    private static final class Ack extends PacketFlood {
        private static final int LONGEST = 64;

        private Ack(Setting setting) {
            super(setting);
        }

        @Override
        void send(long now, Tap tap, FrameBuilder frame, int port, int bits) {
            int acknowledgment = (int) random.nextLong();
            int flags = TcpFlags.ACK;
            if (bits < 0) {
                flags |= TcpFlags.PSH;
                int length = 1 + random.nextInt(LONGEST);
                int from = random.nextInt(Payloads.RANDOM.length() - length);
                frame.payload(Payloads.MEMORY, Payloads.RANDOM.offset() + from, length);
            }
            int serverPort = (bits & 1) == 0 ? 80 : 443;
            tap.tcp(port, serverPort, bits, acknowledgment, flags, 1 + random.nextInt(PORTS - 1), label);
            answers.stray(now, attackers.high(), attackers.low(), port, serverPort, acknowledgment, label);
        }
    }

    private static final class Icmp extends PacketFlood {
        private final boolean ipv4;

        private Icmp(Setting setting) {
            super(setting);
            ipv4 = IpAddress.isIpv4(target.high(), target.low());
        }

        @Override
        void send(long now, Tap tap, FrameBuilder frame, int port, int bits) {
            int sequence = bits & 0xffff;
            frame.payload(Payloads.MEMORY, Payloads.PING.offset(), Payloads.PING.length());
            tap.echo(ipv4, false, port, sequence, label);
            answers.echo(now, attackers.high(), attackers.low(), port, sequence, label);
        }
    }

    /** Questions for names that don't exist, each another one, so that no cache helps. */
    private static final class Dns extends PacketFlood {
        private Dns(Setting setting) {
            super(setting);
        }

        @Override
        void send(long now, Tap tap, FrameBuilder frame, int port, int bits) {
            int id = bits & 0xffff;
            long name = DnsMessages.randomName(random);
            int type = DnsMessages.addressType(target);
            frame.payload(tap.scratch, 0, DnsMessages.question(tap.scratch, id, name, type));
            tap.udp(port, 53, label);
            answers.question(now, attackers.high(), attackers.low(), port, id, name, label);
        }
    }
}
