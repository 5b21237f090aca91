package io.weir.filter.match;

import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;

/**
 * Tells most IPv4 packets that no inserted rule matches, in two loads each however many rules there are. Every 64th rule
 * shares a bit; of each byte of the two addresses there is a word for each value, and of all pairs of bytes the one is
 * looked at that lets least through.
 *
 * <p>Bits are only ever set, and any pair of bytes is right: it lets every packet through that a rule matches, if the
 * rule was added before the reader's overlay was published. So readers may see words and choices of later rules.
 */
final class OverlayFront {
    private static final int VALUES = 256;
    private static final int BYTE = 0xff;
    /** Four of the source, then four of the destination. */
    private static final int BYTES = 8;

    private static final int BYTES_OF_ONE = 4;

    private final long[] words = new long[BYTES * VALUES];

    /** For each two bytes how many of their values rules let through, all rules together. */
    private final long[] passing = new long[BYTES * BYTES];

    private int firstByte;
    private int secondByte = BYTES_OF_ONE;

    void add(Rule rule, int slot) {
        for (RuleBox box : rule.boxes()) {
            if (box.ipVersion() == 4) {
                for (int place = 0; place < BYTES; place++) {
                    int first = firstValue(box, place);
                    for (int value = first; value < first + values(box, place); value++) {
                        words[place * VALUES + value] |= 1L << slot;
                    }
                }
                chooseBytes(box);
            }
        }
    }

    private void chooseBytes(RuleBox box) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < BYTES; i++) {
            for (int j = 0; j < i; j++) {
                int pair = i * BYTES + j;
                passing[pair] += (long) values(box, i) * values(box, j);
                if (passing[pair] < least) {
                    least = passing[pair];
                    firstByte = j;
                    secondByte = i;
                }
            }
        }
    }

    private static int firstValue(RuleBox box, int place) {
        return (int) (prefix(box, place).low() >>> shift(place)) & BYTE;
    }

    private static int shift(int place) {
        return Byte.SIZE * (BYTES_OF_ONE - 1 - place % BYTES_OF_ONE);
    }

    /** How many values of a byte the box has. */
    private static int values(RuleBox box, int place) {
        int known = prefix(box, place).length() - place % BYTES_OF_ONE * Byte.SIZE;
        return 1 << Byte.SIZE - Math.clamp(known, 0, Byte.SIZE);
    }

    private static IpPrefix prefix(RuleBox box, int place) {
        return place < BYTES_OF_ONE ? box.source() : box.destination();
    }

    /**
     * Finds the packets that some rule may match; those of IPv6 may be among them.
     *
     * @param rules the bits that are rules
     * @param places takes their places in {@code packets}
     * @return how many
     */
    int select(PacketBatch b, int[] packets, int count, long rules, int[] places) {
        long[] t = words;
        int first = firstByte;
        int second = secondByte;
        long[] firstColumn = first < BYTES_OF_ONE ? b.sourceLow : b.destinationLow;
        long[] secondColumn = second < BYTES_OF_ONE ? b.sourceLow : b.destinationLow;
        int firstShift = shift(first);
        int secondShift = shift(second);
        first *= VALUES;
        second *= VALUES;
        int near = 0;
        for (int i = 0; i < count; i++) {
            int packet = packets[i];
            long found = t[first + ((int) (firstColumn[packet] >>> firstShift) & BYTE)]
                    & t[second + ((int) (secondColumn[packet] >>> secondShift) & BYTE)]
                    & rules;
            places[near] = i;
            near += (int) ((found | -found) >>> 63);
        }
        return near;
    }
}
