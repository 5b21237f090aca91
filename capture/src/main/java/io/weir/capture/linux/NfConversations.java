package io.weir.capture.linux;

import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import java.util.function.Consumer;

/**
 * Writes the rules of {@link NfShield} that note conversations of this side and whom it serves, by what it sends; and loads
 * what their sets are asked for.
 */
final class NfConversations {
    /** The counter of packets that found no room in a set for what they noted. */
    static final String FULL = "full";

    static final int SOURCE_AT = 12;
    static final int SOURCE_V6_AT = 8;
    private static final long CONNECTION_MILLIS = 600_000;
    private static final long EXCHANGE_MILLIS = 30_000;
    private static final long ANSWER_MILLIS = 5_000;
    private static final long KNOWN_MILLIS = 3_600_000;

    private NfConversations() {}

    /** For both versions of IP: of what is protected alone, or the attack that is sent on would be noted as well. */
    static void write(NfBatch batch, String chain) {
        for (int version : new int[] {4, 6}) {
            batch.rule(
                    chain,
                    code -> address(family(code, version), version, true)
                            .lookup("protect" + version, false)
                            .accept());
        }
        note(batch, chain, 4);
        note(batch, chain, 6);
    }

    /** What this side sends makes a conversation; data that it sends on a connection, whom it serves. */
    private static void note(NfBatch batch, String chain, int version) {
        String flows = "flows" + version;
        // What answers a forged SYN isn't one; what acknowledges comes after a handshake.
        note(
                batch,
                chain,
                version,
                TcpFlags.ACK,
                code -> flow(code, version, false, true).update(flows, CONNECTION_MILLIS, FULL));
        // But who acknowledges it may soon be one's client. Apart: a flood of SYNs fills it.
        note(
                batch,
                chain,
                version,
                TcpFlags.SYN | TcpFlags.ACK,
                code -> flow(code, version, false, true).update("answers" + version, ANSWER_MILLIS, FULL));
        note(
                batch,
                chain,
                version,
                TcpFlags.SYN,
                code -> flow(code, version, false, true).update(flows, EXCHANGE_MILLIS, FULL));
        batch.rule(chain, code -> {
            family(code, version).meta(NfExpressions.META_PROTOCOL).compare(true, NfSet.number(IpProtocol.UDP, 1));
            flow(code, version, false, true).update(flows, EXCHANGE_MILLIS, FULL);
        });
        batch.rule(chain, code -> {
            family(code, version)
                    .meta(NfExpressions.META_PROTOCOL)
                    .compare(true, NfSet.number(version == 4 ? IpProtocol.ICMP : IpProtocol.ICMPV6, 1))
                    // Of messages an echo request alone is answered by what it started.
                    .payload(NfExpressions.TRANSPORT_HEADER, 0, 1)
                    .compare(true, NfSet.number(version == 4 ? 8 : 128, 1));
            flow(code, version, false, false).update(flows, EXCHANGE_MILLIS, FULL);
        });
        note(batch, chain, version, TcpFlags.ACK, code -> {
            // More than headers with all their options.
            code.payload(NfExpressions.NETWORK_HEADER, version == 4 ? 2 : 4, Short.BYTES)
                    .range(NfSet.number(version == 4 ? 121 : 61, Short.BYTES), NfSet.number(0xffff, Short.BYTES));
            address(code, version, false).update("known" + version, KNOWN_MILLIS, FULL);
        });
    }

    private static void note(NfBatch batch, String chain, int version, int flags, Consumer<NfExpressions> rest) {
        batch.rule(chain, code -> {
            family(code, version)
                    .meta(NfExpressions.META_PROTOCOL)
                    .compare(true, NfSet.number(IpProtocol.TCP, 1))
                    .payload(NfExpressions.TRANSPORT_HEADER, 13, 1)
                    .mask(NfSet.number(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST, 1))
                    .compare(true, NfSet.number(flags, 1));
            rest.accept(code);
        });
    }

    static NfExpressions family(NfExpressions code, int version) {
        byte family = version == 4 ? NfExpressions.FAMILY_IPV4 : NfExpressions.FAMILY_IPV6;
        return code.meta(NfExpressions.META_FAMILY).compare(true, new byte[] {family});
    }

    static NfExpressions address(NfExpressions code, int version, boolean isSource) {
        int bytes = NfSet.hosts(version == 4).keyBytes();
        int from = version == 4 ? SOURCE_AT : SOURCE_V6_AT;
        return code.payload(NfExpressions.NETWORK_HEADER, isSource ? from : from + bytes, bytes);
    }

    /** Loads remote address, local address, protocol, remote port, local port. */
    static NfExpressions flow(NfExpressions code, int version, boolean isArriving, boolean hasPorts) {
        int bytes = NfSet.hosts(version == 4).keyBytes();
        int words = bytes / Integer.BYTES;
        int from = version == 4 ? SOURCE_AT : SOURCE_V6_AT;
        int next = NfExpressions.FIRST_WORD + 2 * words;
        code.payload(NfExpressions.NETWORK_HEADER, isArriving ? from : from + bytes, bytes, NfExpressions.FIRST_WORD)
                .payload(
                        NfExpressions.NETWORK_HEADER,
                        isArriving ? from + bytes : from,
                        bytes,
                        NfExpressions.FIRST_WORD + words)
                .meta(NfExpressions.META_PROTOCOL, next);
        if (!hasPorts) {
            return code.constant(new byte[Integer.BYTES], next + 1).constant(new byte[Integer.BYTES], next + 2);
        }
        return code.payload(NfExpressions.TRANSPORT_HEADER, isArriving ? 0 : 2, Short.BYTES, next + 1)
                .payload(NfExpressions.TRANSPORT_HEADER, isArriving ? 2 : 0, Short.BYTES, next + 2);
    }
}
