package io.weir.filter.match;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;

/**
 * Which of up to 64 rules a packet may match, a bit each. A prefix says of each byte of an address which values it may
 * have, so the words for a packet's bytes, taken together by AND, are exactly the rules whose prefixes hold it: of IPv4 by
 * all four bytes, of IPv6 by the upper eight. Protocol and the upper byte of the destination port narrow it further.
 *
 * <p>Bits are only ever set. Whoever reads takes those alone that it knows to be rules, so others may come meanwhile.
 */
final class OverlayMasks {
    /** Of no rule. */
    static final OverlayMasks NONE = new OverlayMasks(0);

    private static final int VALUES = 256;
    private static final int BYTE = 0xff;
    private static final int BYTES_4 = 4;
    private static final int BYTES_6 = 8;

    private final int addressBytes;
    private final int protocols;
    private final int ports;

    /** For each byte of the source, of the destination, then for the protocol and the port, a word for each value. */
    private final long[] words;

    private OverlayMasks(int addressBytes) {
        this.addressBytes = addressBytes;
        protocols = 2 * addressBytes * VALUES;
        ports = protocols + VALUES;
        words = new long[addressBytes == 0 ? 0 : ports + VALUES];
    }

    static OverlayMasks of(int version) {
        return new OverlayMasks(version == 4 ? BYTES_4 : BYTES_6);
    }

    void add(Rule rule, int version, int bit) {
        for (RuleBox box : rule.boxes()) {
            if (box.ipVersion() == version) {
                addPrefix(0, box.source(), bit);
                addPrefix(addressBytes * VALUES, box.destination(), bit);
                boolean isAny = box.protocol() == RuleBox.ANY_PROTOCOL;
                set(protocols, isAny ? 0 : box.protocol(), isAny ? BYTE : box.protocol(), bit);
                set(
                        ports,
                        box.destinationPorts().first() >>> Byte.SIZE,
                        box.destinationPorts().last() >>> Byte.SIZE,
                        bit);
            }
        }
    }

    private void addPrefix(int base, IpPrefix prefix, int bit) {
        long address = prefix.version() == 4 ? prefix.low() << Integer.SIZE : prefix.high();
        for (int i = 0; i < addressBytes; i++) {
            int known = Math.clamp(prefix.length() - (long) i * Byte.SIZE, 0, Byte.SIZE);
            int first = (int) (address >>> shift(i)) & BYTE;
            set(base + i * VALUES, first, first | BYTE >>> known, bit);
        }
    }

    private void set(int base, int first, int last, int bit) {
        for (int value = first; value <= last; value++) {
            words[base + value] |= 1L << bit;
        }
    }

    /**
     * Chooses the packets that some rule may match. Those of the other IP version may be among them.
     *
     * @param places the places in {@code packets} to look at
     * @param rules the bits that are rules
     * @param chosen takes them, with their places in {@code packets} and the rules that each may match
     */
    int select(PacketBatch b, int[] packets, int[] places, int count, long rules, LookupScratch chosen) {
        int left = 0;
        for (int i = 0; i < count; i++) {
            int packet = packets[places[i]];
            long found = addressBytes == BYTES_4
                    ? addresses4(b.sourceLow[packet] << Integer.SIZE | b.destinationLow[packet] & 0xffff_ffffL)
                    : addresses6(b.sourceHigh[packet], b.destinationHigh[packet]);
            found &= service(b, packet) & rules;
            chosen.possible[left] = packet;
            chosen.possiblePlaces[left] = places[i];
            chosen.possibleRules[left] = found;
            left += nonZero(found);
        }
        return left;
    }

    /** @param both the source's bytes, then the destination's */
    private long addresses4(long both) {
        long found = -1;
        for (int i = 0; i < 2 * BYTES_4; i++) {
            found &= words[i * VALUES + (int) (both >>> shift(i) & BYTE)];
        }
        return found;
    }

    private static int shift(int place) {
        return Long.SIZE - Byte.SIZE * (place + 1);
    }

    private long addresses6(long sourceHigh, long destinationHigh) {
        long found = -1;
        for (int i = 0; i < BYTES_6; i++) {
            found &= words[i * VALUES + (int) (sourceHigh >>> shift(i) & BYTE)]
                    & words[(BYTES_6 + i) * VALUES + (int) (destinationHigh >>> shift(i) & BYTE)];
        }
        return found;
    }

    private long service(PacketBatch b, int packet) {
        int protocol = b.protocol[packet];
        int isOther = nonZero((long) (protocol ^ IpProtocol.ICMP)) & nonZero((long) (protocol ^ IpProtocol.ICMPV6));
        // The type and code where it is ICMP, without a branch to guess.
        int port = b.icmpTypeCode[packet] ^ (b.icmpTypeCode[packet] ^ b.destinationPort[packet]) & -isOther;
        return words[protocols + (protocol & BYTE)] & words[ports + (port >>> Byte.SIZE & BYTE)];
    }

    /** 1 or 0, without a branch to guess. */
    private static int nonZero(long value) {
        return (int) ((value | -value) >>> 63);
    }
}
