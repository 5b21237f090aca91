package io.weir.detector.daemon;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.View;
import io.weir.detector.event.Event;
import io.weir.detector.flood.BuiltInThresholds;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.address.PortRange;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.match.RuleHits;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.GroupType;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import io.weir.filter.rule.RuleOrigin;
import io.weir.filter.rule.SecurityGroup;
import io.weir.filter.rule.TargetRules;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An engine with rules, and single packets through it. The server and its network are protected. */
final class RuleScene implements AutoCloseable {
    static final int SERVER = 0xc633_640a; // 198.51.100.10
    static final int OFFICE = 0x0a01_0203; // 10.1.2.3
    static final int OUTSIDE = 0xcb00_7109; // 203.0.113.9
    static final int NEIGHBOUR = 0xc000_0214; // 192.0.2.20, of the other protected prefix
    static final int SYN = TcpFlags.SYN;
    static final int ACK = TcpFlags.ACK;
    static final int SYN_ACK = TcpFlags.SYN | TcpFlags.ACK;

    private static final IpPrefix HOME = new IpPrefix(4, 0, IpAddress.mapped(0xc633_6400), 24);
    private static final IpPrefix OTHER = new IpPrefix(4, 0, IpAddress.mapped(0xc000_0200), 24);

    final List<Event> events = new ArrayList<>();
    final PacketBatch batch = new PacketBatch();
    final FrameBuilder builder = new FrameBuilder();
    final MemorySegment payload = Arena.ofAuto().allocate(1024);
    final Engine engine;
    final TargetRules rules;
    long nowNanos = 1_000_000_000_000L;

    RuleScene(EngineSettings settings) {
        engine = new Engine(settings, events::add);
        rules = settings.protect().getFirst().rules().orElseThrow();
        batch.frames = Arena.ofAuto().allocate(2048);
        batch.size = 1;
        batch.linkType[0] = LinkType.ETHERNET;
    }

    /** Of the server's network, seen from both sides. */
    static RuleScene of(SecurityGroup... groups) {
        return new RuleScene(settings(View.BOTH, false, groups));
    }

    static EngineSettings settings(View view, boolean isObserving, SecurityGroup... groups) {
        return settings(isObserving, protect(HOME, view, groups));
    }

    static EngineSettings settings(boolean isObserving, ProtectedPrefix... protect) {
        return new EngineSettings(List.of(protect), true, List.of(), 1 << 14, FlowTimeouts.DEFAULT, 7, isObserving);
    }

    static ProtectedPrefix protect(IpPrefix prefix, View view, SecurityGroup... groups) {
        return new ProtectedPrefix(
                prefix,
                view,
                BuiltInThresholds.ADDRESS,
                BuiltInThresholds.PREFIX,
                Optional.of(TargetRules.of(List.of(groups), List.of(prefix), List.of())));
    }

    static ProtectedPrefix home(SecurityGroup... groups) {
        return protect(HOME, View.BOTH, groups);
    }

    static ProtectedPrefix other(SecurityGroup... groups) {
        return protect(OTHER, View.BOTH, groups);
    }

    static SecurityGroup group(GroupType type, Rule... rules) {
        return new SecurityGroup("web.json", "sg-web", type, false, List.of(rules));
    }

    static Rule rule(Direction direction, Policy policy, int priority, int protocol, String ports, String far) {
        String[] ends = ports.split("/");
        PortRange range = new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
        IpPrefix prefix = prefix(far);
        IpPrefix all = prefix.version() == 4 ? IpPrefix.ANY_IPV4 : IpPrefix.ANY_IPV6;
        boolean isIngress = direction == Direction.INGRESS;
        RuleBox box = new RuleBox(isIngress ? prefix : all, isIngress ? all : prefix, PortRange.ANY, range, protocol);
        String place = policy + " " + protocol + " " + ports + " " + far;
        return new Rule(new RuleOrigin("web.json", "sg-web", place), "", direction, policy, priority, List.of(box), "");
    }

    static Rule accept(int protocol, String ports, String source) {
        return rule(Direction.INGRESS, Policy.ACCEPT, 1, protocol, ports, source);
    }

    private static IpPrefix prefix(String text) {
        if (IpPrefix.parse(text) instanceof IpPrefix.Parsed.Valid valid) {
            return valid.prefix();
        }
        throw new IllegalArgumentException(text);
    }

    Reason tcp(int from, int fromPort, int to, int toPort, int flags, int sequence, int acknowledgment, int bytes) {
        builder.ipv4(from, to).payload(payload, 0, bytes);
        return judge(builder.tcp(batch.frames, 0, fromPort, toPort, sequence, acknowledgment, flags, 60_000));
    }

    Reason udp(int from, int fromPort, int to, int toPort) {
        builder.ipv4(from, to).payload(payload, 0, 20);
        return judge(builder.udp(batch.frames, 0, fromPort, toPort));
    }

    Reason icmp(int from, int to, int type, int rest) {
        builder.ipv4(from, to).payload(payload, 0, 20);
        return judge(builder.icmp(batch.frames, 0, type, 0, rest));
    }

    /** Flags and offset of a fragment go where the builder leaves them 0. */
    Reason udpFragment(int from, int to, int toPort, int identification, int offsetUnits, boolean hasMore) {
        builder.ipv4(from, to).identification(identification).payload(payload, 0, 32);
        int length = builder.udp(batch.frames, 0, 4_000, toPort);
        int word = (hasMore ? 0x2000 : 0) | offsetUnits;
        batch.frames.set(ValueLayout.JAVA_BYTE, FrameBuilder.ETHERNET_LENGTH + 6, (byte) (word >>> 8));
        batch.frames.set(ValueLayout.JAVA_BYTE, FrameBuilder.ETHERNET_LENGTH + 7, (byte) word);
        return judge(length);
    }

    /** The frame that was built last. */
    Reason judge(int lengthBytes) {
        nowNanos += 1_000_000;
        batch.capturedLength[0] = lengthBytes;
        batch.wireLength[0] = lengthBytes;
        batch.timestampNanos[0] = nowNanos;
        engine.worker().judge(batch);
        return Verdict.reason(batch.verdict[0]);
    }

    /** Opens a connection; what became of the SYN, the SYN-ACK and the ACK. */
    List<Reason> handshake(int from, int fromPort, int to, int toPort) {
        return List.of(
                tcp(from, fromPort, to, toPort, SYN, 100, 0, 0),
                tcp(to, toPort, from, fromPort, SYN_ACK, 500, 101, 0),
                tcp(from, fromPort, to, toPort, ACK, 101, 501, 0));
    }

    /** A request and its answer, the n-th of their connection. */
    List<Reason> exchange(int from, int fromPort, int to, int toPort, int n) {
        int asked = 101 + 50 * n;
        int told = 501 + 200 * n;
        return List.of(
                tcp(from, fromPort, to, toPort, ACK, asked, told, 50),
                tcp(to, toPort, from, fromPort, ACK, told, asked + 50, 200));
    }

    /** A request that doesn't get through, and what the other side says meanwhile. */
    List<Reason> unheard(int from, int fromPort, int to, int toPort, int n) {
        int asked = 101 + 50 * n;
        int told = 501 + 200 * n;
        return List.of(
                tcp(from, fromPort, to, toPort, ACK, asked, told, 50),
                tcp(to, toPort, from, fromPort, ACK, told, asked, 200));
    }

    boolean isDropped() {
        return Verdict.isDrop(batch.verdict[0]);
    }

    /** The rule that decided the last packet. */
    Optional<Rule> decider() {
        return engine.worker().rules().rule(Verdict.id(batch.verdict[0]));
    }

    long hits(Rule rule) {
        return engine.worker().rules().hits().stream()
                .filter(hits -> hits.rule().equals(rule))
                .mapToLong(RuleHits::packets)
                .sum();
    }

    long hits() {
        return engine.worker().rules().hits().stream()
                .mapToLong(RuleHits::packets)
                .sum();
    }

    @Override
    public void close() {
        engine.finish();
    }
}
