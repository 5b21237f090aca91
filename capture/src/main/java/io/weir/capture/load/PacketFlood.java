package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.verdict.FloodKind;
import java.util.List;

/** A flood whose packets stand alone, each an arrival; the target's answers come from {@link FloodAnswers}. */
abstract class PacketFlood implements Arrivals.Handler {
    final LoadRandom random;
    final ToolHeaders headers;
    final FloodAnswers answers;
    final int label;
    final boolean ipv4;
    /** Who is attacked by the packet drawn last. */
    Host target;

    private final List<Host> targets;

    PacketFlood(Setting setting) {
        random = setting.random;
        headers = setting.headers;
        targets = setting.targets;
        target = targets.getFirst();
        answers = setting.answers;
        label = setting.label;
        ipv4 = setting.ipv4;
    }

    /** What every flood needs. */
    record Setting(
            LoadRandom random,
            ToolHeaders headers,
            List<Host> targets,
            FloodAnswers answers,
            int label,
            boolean ipv4) {}

    /** The flood of a vector that needs no connections. */
    static PacketFlood of(FloodVector vector, Setting setting) {
        if (vector.isReflected() && vector.kind() != FloodKind.ACK) {
            return new ReflectionFlood(vector, setting);
        }
        return switch (vector.kind()) {
            case SYN, ACK -> new TcpFlood(vector, setting);
            case UDP -> vector == FloodVector.FRAGMENTS ? new FragmentFlood(setting) : new UdpFlood(vector, setting);
            case ICMP -> new IcmpFlood(vector, setting);
            case DNS -> new DnsFlood(vector, setting);
            case OTHER -> new GreFlood(setting);
            case HTTP -> throw new IllegalArgumentException("no packets of their own: " + vector);
        };
    }

    @Override
    public final void arrive(long now, Tap tap) {
        headers.draw();
        target = targets.size() == 1 ? target : targets.get(random.nextInt(targets.size()));
        send(now, tap);
    }

    /** Sends one packet: headers and target are drawn, nothing is addressed yet. */
    abstract void send(long now, Tap tap);

    final FrameBuilder address(Tap tap) {
        return tap.toServer(
                target, headers.high, headers.low, headers.timeToLive, headers.identification, headers.dontFragment);
    }

    /** Bytes without a pattern. */
    final void addRandom(FrameBuilder frame, int lengthBytes) {
        int from = random.nextInt(Payloads.RANDOM.length() - lengthBytes);
        frame.payload(Payloads.MEMORY, Payloads.RANDOM.offset() + from, lengthBytes);
    }
}
