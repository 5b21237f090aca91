package io.weir.capture.linux;

import static io.weir.capture.linux.BpfAssembler.Register.R0;
import static io.weir.capture.linux.BpfAssembler.Register.R1;
import static io.weir.capture.linux.BpfAssembler.Register.R2;
import static io.weir.capture.linux.BpfAssembler.Register.R3;
import static io.weir.capture.linux.BpfAssembler.Register.R4;
import static io.weir.capture.linux.BpfAssembler.Register.R6;
import static io.weir.capture.linux.BpfAssembler.Register.R7;
import static io.weir.capture.linux.BpfAssembler.Register.R8;
import static io.weir.capture.linux.BpfAssembler.Register.R9;
import static io.weir.capture.linux.BpfAssembler.Register.STACK;

import io.weir.capture.linux.BpfAssembler.Condition;
import io.weir.capture.linux.BpfAssembler.Helper;
import io.weir.capture.linux.BpfAssembler.Size;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import java.util.List;

/**
 * The two programs of {@link XdpShield}. The first drops what comes in: of banned sources, and what has a signature, but for
 * one packet in {@value #SHOWN} of these, by which user space sees that the flood goes on; and what goes beyond a limit. The second notes which
 * conversations this side takes part in: their packets are left to user space, which knows more of them.
 */
final class ShieldProgram {
    /** Of packets with a signature one in so many goes on to user space, which drops it. A power of two. */
    static final int SHOWN = 64;

    /** Where nobody behind it drops it: few enough to harm nobody. */
    static final int SHOWN_ALONE = 1024;

    /** The counter of bans; rules have those behind it; the last is that of refused sources. */
    static final int BANNED = 0;

    static final int SLOTS = 128;
    static final int REFUSED = 1 + SLOTS;
    static final int COUNTERS = REFUSED + 1;

    /** Remote address 16, local address 16, remote port 2, local port 2, protocol 4. */
    static final int FLOW_BYTES = 40;

    /** What there is to look for, bits of the first value of {@link ShieldMaps#looks}. */
    static final int BANS = 1;

    static final int SOURCES = 2;
    static final int CONNECTIONS = 4;

    /** Time after its last packet that a connection stays refused: 17 s, as a power of two in ns. */
    static final int CONNECTION_SHIFT = 34;

    private static final int FLOW = -176;

    /** Where the flow is not yet. */
    private static final int LIMIT = FLOW;

    /** Prefix length 4, kind and IP version 4, address 16. */
    static final int LIMIT_BYTES = 24;

    private static final int COUNTER = -260;
    private static final int VALUE = -264;
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;
    private static final int TCX_NEXT = -1;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REQUEST_V6 = 128;

    private final BpfAssembler code = new BpfAssembler();
    private int labels;

    private ShieldProgram() {}

    /**
     * What comes in.
     *
     * <p>It has the code of every look, which another map switches on: what the verifier takes it takes with the first ban, too.
     */
    static List<Long> ingress(
            ShieldMaps maps, List<QueueRules.Management> management, List<ShieldRule> rules, int shown)
            throws KernelException {
        ShieldProgram program = new ShieldProgram();
        ShieldParser.write(program.code, Bpf.Type.XDP);
        program.writeGate(maps, management);
        program.writeBans(maps);
        program.writeRefused(maps);
        program.writeConnections(maps);
        ShieldRuleCode.writeReaders(program.code, rules);
        ShieldRuleCode.write(program.code, rules);
        ShieldRuleCode.writeKinds(program.code);
        program.writeEnd(maps, shown);
        program.writeLimit(maps);
        return program.code.assemble();
    }

    /** What goes out. */
    static List<Long> egress(ShieldMaps maps) throws KernelException {
        ShieldProgram program = new ShieldProgram();
        ShieldParser.write(program.code, Bpf.Type.TC);
        // An attack that this host sends on is no conversation of its own.
        program.look(maps.protect(), ShieldParser.SOURCE_KEY);
        program.code.jump(R0, Condition.EQUAL, 0, "pass");
        program.writeNote(maps);
        program.code.label("pass").move(R0, TCX_NEXT).exit();
        return program.code.assemble();
    }

    /** Notes the conversation of a packet that this side sends, unless it is noted already. */
    private void writeNote(ShieldMaps maps) {
        code.load(Size.WORD, R4, STACK, ShieldParser.PROTOCOL)
                .jump(R4, Condition.EQUAL, 0, "pass")
                .jump(R4, Condition.EQUAL, IpProtocol.UDP, "note")
                .jump(R4, Condition.EQUAL, IpProtocol.TCP, "segment")
                // Of messages an echo request alone is answered by what it started.
                .load(Size.WORD, R4, STACK, ShieldParser.ICMP_TYPE)
                .jump(R4, Condition.EQUAL, ECHO_REQUEST, "note")
                .jump(R4, Condition.EQUAL, ECHO_REQUEST_V6, "note")
                .jump("pass")
                .label("segment")
                .load(Size.WORD, R4, STACK, ShieldParser.FLAGS)
                .and(R4, TcpFlags.RST)
                .jump(R4, Condition.NOT_EQUAL, 0, "pass")
                // Data goes to whoever has completed a handshake.
                .load(Size.WORD, R4, STACK, ShieldParser.FLAGS)
                .and(R4, TcpFlags.SYN)
                .jump(R4, Condition.NOT_EQUAL, 0, "note")
                .load(Size.WORD, R4, STACK, ShieldParser.PAYLOAD_LENGTH)
                .jump(R4, Condition.EQUAL, 0, "note");
        look(maps.known(), ShieldParser.DESTINATION);
        code.jump(R0, Condition.NOT_EQUAL, 0, "note");
        put(maps.known(), ShieldParser.DESTINATION);
        code.label("note");
        writeFlow(
                ShieldParser.DESTINATION, ShieldParser.SOURCE, ShieldParser.DESTINATION_PORT, ShieldParser.SOURCE_PORT);
        look(maps.flows(), FLOW);
        code.jump(R0, Condition.NOT_EQUAL, 0, "pass");
        put(maps.flows(), FLOW);
    }

    /**
     * Management passes, then what goes elsewhere. What a protected address sends through this
     * host is noted here: a bridge hands it on past what sees the rest of what goes out.
     */
    private void writeGate(ShieldMaps maps, List<QueueRules.Management> management) {
        for (int i = 0; i < management.size(); i++) {
            QueueRules.Management access = management.get(i);
            String next = "management" + i;
            code.load(Size.WORD, R4, STACK, ShieldParser.PROTOCOL)
                    .jump(R4, Condition.NOT_EQUAL, IpProtocol.TCP, next)
                    .load(Size.WORD, R4, STACK, ShieldParser.DESTINATION_PORT)
                    .jump(R4, Condition.NOT_EQUAL, access.port(), next);
            ShieldRuleCode.inside(code, ShieldParser.SOURCE, access.prefix(), next);
            code.jump("pass").label(next);
        }
        look(maps.protect(), ShieldParser.DESTINATION_KEY);
        code.jump(R0, Condition.NOT_EQUAL, 0, "toward");
        look(maps.protect(), ShieldParser.SOURCE_KEY);
        code.jump(R0, Condition.EQUAL, 0, "pass");
        writeNote(maps);
        code.jump("pass").label("toward").move(R7, BANNED);
    }

    /**
     * Each look costs a memory access where sources are invented: only where there is something to find. The verifier follows
     * a jump last, and goes no way again of which it knows less: so it knows least without the look.
     */
    private void skip(ShieldMaps maps, int bit, String otherwise) {
        code.loadValue(R4, maps.looks())
                .load(Size.DOUBLE, R4, R4, 0)
                .and(R4, bit)
                .jump(R4, Condition.NOT_EQUAL, 0, "look" + bit)
                .jump(otherwise)
                .label("look" + bit);
    }

    private void writeBans(ShieldMaps maps) {
        skip(maps, BANS, "allowed");
        look(maps.hosts(), ShieldParser.SOURCE);
        code.jump(R0, Condition.NOT_EQUAL, 0, "drop");
        look(maps.bans(), ShieldParser.SOURCE_KEY);
        code.jump(R0, Condition.NOT_EQUAL, 0, "drop").label("allowed");
    }

    /** Goes on where a TCP segment opens a connection or carries data; all else goes elsewhere. */
    private void skipSilent(String speaking, String otherwise) {
        code.load(Size.WORD, R4, STACK, ShieldParser.PROTOCOL)
                .jump(R4, Condition.NOT_EQUAL, IpProtocol.TCP, otherwise)
                .load(Size.WORD, R4, STACK, ShieldParser.FLAGS)
                .and(R4, TcpFlags.SYN)
                .jump(R4, Condition.NOT_EQUAL, 0, speaking)
                .load(Size.WORD, R4, STACK, ShieldParser.PAYLOAD_LENGTH)
                .jump(R4, Condition.EQUAL, 0, otherwise)
                .label(speaking);
    }

    /**
     * Connections can't be opened, and nothing is asked for. What acknowledges or ends goes on: a server that served a
     * connection before would send its answer again and again, and hold it for minutes.
     */
    private void writeRefused(ShieldMaps maps) {
        skip(maps, SOURCES, "heard");
        skipSilent("asks", "heard");
        for (int at = 0; at < 16; at += 4) {
            code.load(Size.WORD, R4, STACK, ShieldParser.SOURCE + at).store(Size.WORD, STACK, FLOW + at, R4);
        }
        code.load(Size.WORD, R4, STACK, ShieldParser.VERSION)
                .jump(R4, Condition.EQUAL, 4, "whole")
                .store(Size.WORD, STACK, FLOW + 8, 0)
                .store(Size.WORD, STACK, FLOW + 12, 0)
                .label("whole");
        look(maps.refused(), FLOW);
        code.jump(R0, Condition.EQUAL, 0, "heard");
        look(maps.trusted(), ShieldParser.SOURCE_KEY);
        code.jump(R0, Condition.NOT_EQUAL, 0, "heard")
                .move(R7, REFUSED)
                .jump("drop")
                .label("heard");
    }

    /**
     * A connection that is refused sends nothing any more until none of it came for a while. What acknowledges or ends goes
     * on, as of {@link #writeRefused sources}; and a SYN opens another of the same ends.
     */
    private void writeConnections(ShieldMaps maps) {
        skip(maps, CONNECTIONS, "going");
        skipSilent("known", "going");
        writeFlow(
                ShieldParser.SOURCE, ShieldParser.DESTINATION, ShieldParser.SOURCE_PORT, ShieldParser.DESTINATION_PORT);
        look(maps.connections(), FLOW);
        code.jump(R0, Condition.EQUAL, 0, "going")
                .move(R8, R0)
                .load(Size.WORD, R4, STACK, ShieldParser.FLAGS)
                .and(R4, TcpFlags.SYN)
                .jump(R4, Condition.EQUAL, 0, "refused");
        at(maps.connections(), FLOW);
        code.call(Helper.MAP_DELETE).jump("going").label("refused");
        look(maps.trusted(), ShieldParser.SOURCE_KEY);
        code.jump(R0, Condition.NOT_EQUAL, 0, "going")
                .call(Helper.KTIME_GET_NS)
                .load(Size.DOUBLE, R1, R8, 0)
                // Refused before all were heard again.
                .loadValue(R2, maps.looks())
                .load(Size.DOUBLE, R2, R2, Long.BYTES)
                .jump(R1, Condition.BELOW, R2, "going")
                .move(R2, R0)
                .subtract(R2, R1)
                .shiftRight(R2, CONNECTION_SHIFT)
                .jump(R2, Condition.NOT_EQUAL, 0, "going")
                .store(Size.DOUBLE, R8, 0, R0)
                .move(R7, REFUSED)
                .jump("drop")
                .label("going");
    }

    /** R7 is the counter. */
    private void writeEnd(ShieldMaps maps, int shown) {
        // Neither a rule nor a limit has been met. Conditional, as the verifier wants every instruction reachable, also
        // without rules.
        code.jump(R7, Condition.EQUAL, BANNED, "pass").label("unasked");
        writeAsked(maps);
        code.label("condemned")
                .call(Helper.RANDOM)
                .and(R0, shown - 1)
                .jump(R0, Condition.EQUAL, 0, "pass")
                .label("drop")
                .store(Size.WORD, STACK, COUNTER, R7);
        look(maps.counters(), COUNTER);
        code.jump(R0, Condition.EQUAL, 0, "counted")
                .load(Size.DOUBLE, R1, R0, 0)
                .add(R1, 1)
                .store(Size.DOUBLE, R0, 0, R1)
                .load(Size.DOUBLE, R1, R0, Long.BYTES)
                .add(R1, R9)
                .store(Size.DOUBLE, R0, Long.BYTES, R1)
                .label("counted")
                .move(R0, XDP_DROP)
                .exit()
                .label("pass")
                .move(R0, XDP_PASS)
                .exit();
    }

    /** Goes on where this side takes no part in the conversation. */
    private void writeAsked(ShieldMaps maps) {
        writeFlow(
                ShieldParser.SOURCE, ShieldParser.DESTINATION, ShieldParser.SOURCE_PORT, ShieldParser.DESTINATION_PORT);
        look(maps.flows(), FLOW);
        code.jump(R0, Condition.NOT_EQUAL, 0, "pass");
    }

    /**
     * Drops what goes beyond the limit of its kind, in R8, toward its destination. Processors may count over each other: a
     * limit is no sharper than that.
     */
    private void writeLimit(ShieldMaps maps) {
        code.label("limit")
                .store(Size.WORD, STACK, LIMIT, 8 * (LIMIT_BYTES - 4))
                .store(Size.WORD, STACK, LIMIT + 4, R8);
        for (int at = 0; at < 16; at += 4) {
            code.load(Size.WORD, R4, STACK, ShieldParser.DESTINATION + at).store(Size.WORD, STACK, LIMIT + 8 + at, R4);
        }
        look(maps.limits(), LIMIT);
        code.jump(R0, Condition.EQUAL, 0, "pass")
                .move(R4, R8)
                .and(R4, (1 << ShieldLimit.VERSION_SHIFT) - 1)
                .load(Size.WORD, R7, R0, 0)
                .load(Size.WORD, R8, R0, 4);
        for (ShieldRule.Kind kind : ShieldLimit.KINDS) {
            if (ShieldRuleCode.isByItself(kind)) {
                code.jump(R4, Condition.EQUAL, kind.ordinal(), "limited");
            }
        }
        writeAsked(maps);
        code.label("limited");
        look(maps.trusted(), ShieldParser.SOURCE_KEY);
        code.jump(R0, Condition.NOT_EQUAL, 0, "pass");
        look(maps.known(), ShieldParser.SOURCE);
        code.jump(R0, Condition.NOT_EQUAL, 0, "pass")
                .call(Helper.KTIME_GET_NS)
                .move(R6, R0)
                .shiftRight(R6, ShieldLimit.WINDOW_SHIFT)
                .store(Size.WORD, STACK, COUNTER, R7);
        look(maps.buckets(), COUNTER);
        code.jump(R0, Condition.EQUAL, 0, "pass")
                .load(Size.DOUBLE, R1, R0, 0)
                .jump(R1, Condition.EQUAL, R6, "window")
                .store(Size.DOUBLE, R0, 0, R6)
                .store(Size.DOUBLE, R0, Long.BYTES, 0)
                .label("window")
                .load(Size.DOUBLE, R1, R0, Long.BYTES)
                .add(R1, 1)
                .store(Size.DOUBLE, R0, Long.BYTES, R1)
                .jump(R1, Condition.GREATER, R8, "drop")
                .jump("pass");
    }

    private void writeFlow(int remote, int local, int remotePort, int localPort) {
        for (int at = 0; at < 16; at += 4) {
            code.load(Size.WORD, R4, STACK, remote + at).store(Size.WORD, STACK, FLOW + at, R4);
            code.load(Size.WORD, R4, STACK, local + at).store(Size.WORD, STACK, FLOW + 16 + at, R4);
        }
        String ports = "ports" + labels++;
        // Messages have no ports; what stands there for their identifier is the same both ways.
        code.load(Size.WORD, R4, STACK, remotePort)
                .load(Size.WORD, R3, STACK, localPort)
                .load(Size.WORD, R2, STACK, ShieldParser.PROTOCOL)
                .jump(R2, Condition.EQUAL, IpProtocol.TCP, ports)
                .jump(R2, Condition.EQUAL, IpProtocol.UDP, ports)
                .move(R4, 0)
                .move(R3, 0)
                .label(ports)
                .store(Size.HALF, STACK, FLOW + 32, R4)
                .store(Size.HALF, STACK, FLOW + 34, R3)
                .store(Size.WORD, STACK, FLOW + 36, R2);
    }

    private void put(BpfMap map, int key) {
        code.store(Size.WORD, STACK, VALUE, 1);
        at(map, key);
        code.move(R3, STACK).add(R3, VALUE).move(R4, 0).call(Helper.MAP_UPDATE);
    }

    private void look(BpfMap map, int key) {
        at(map, key);
        code.call(Helper.MAP_LOOKUP);
    }

    /** The first two arguments of what looks at a key on the stack. */
    private void at(BpfMap map, int key) {
        code.load(R1, map).move(R2, STACK).add(R2, key);
    }
}
