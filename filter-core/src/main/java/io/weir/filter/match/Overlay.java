package io.weir.filter.match;

import io.weir.filter.address.PortRange;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import java.util.Arrays;
import java.util.List;

/**
 * The few rules inserted since the tables were built, each in a slot of its own. {@link OverlayFront} tells most packets
 * that match none, {@link OverlayMasks} of the others which of them each may match; these are tried.
 *
 * <p>Overlays that follow each other share what they are made of and differ in how many slots are taken and which of these
 * are still rules. A slot is filled before the overlay is published that has it, and not used again, so readers of an
 * earlier one never look at it.
 */
final class Overlay {
    /** Slots; an insertion beyond waits for the tables. */
    static final int MOST_RULES = 512;

    /** No ports: the first is behind the last. */
    private static final long SEVERAL_BOXES = 1L << 48;

    private static final int CHUNKS = MOST_RULES / Long.SIZE;

    static final Overlay EMPTY = new Overlay(new Slots(0), 0, new long[0]);

    /** How many slots are taken, by rules deleted since among others. */
    final int size;

    private final Slots slots;
    /** A bit for each slot that is still a rule. */
    private final long[] live;

    private static final class Slots {
        final Rule[] rules;
        final long[] keys;
        /** Of a rule of one IPv4 box, which the masks know but for its ports: those of the source, of the destination. */
        final long[] ports;

        final OverlayFront front = new OverlayFront();
        final OverlayMasks[] masks4 = new OverlayMasks[CHUNKS];
        final OverlayMasks[] masks6 = new OverlayMasks[CHUNKS];

        Slots(int most) {
            rules = new Rule[most];
            keys = new long[most];
            ports = new long[most];
            Arrays.fill(masks4, OverlayMasks.NONE);
            Arrays.fill(masks6, OverlayMasks.NONE);
        }
    }

    private Overlay(Slots slots, int size, long[] live) {
        this.slots = slots;
        this.size = size;
        this.live = live;
    }

    /**
     * With one rule more, in slot {@link #size}. Only of the overlay made last, and by one thread at a time.
     *
     * @param key the smaller decides
     */
    Overlay with(Rule rule, long key) {
        Slots own = size == 0 ? new Slots(MOST_RULES) : slots;
        own.rules[size] = rule;
        own.keys[size] = key;
        own.ports[size] = ports(rule.boxes());
        int chunk = size / Long.SIZE;
        for (RuleBox box : rule.boxes()) {
            OverlayMasks[] masks = box.ipVersion() == 4 ? own.masks4 : own.masks6;
            if (masks[chunk] == OverlayMasks.NONE) {
                masks[chunk] = OverlayMasks.of(box.ipVersion());
            }
        }
        own.front.add(rule, size);
        own.masks4[chunk].add(rule, 4, size % Long.SIZE);
        own.masks6[chunk].add(rule, 6, size % Long.SIZE);
        long[] nowLive = Arrays.copyOf(live, chunk + 1);
        nowLive[chunk] |= 1L << size;
        return new Overlay(own, size + 1, nowLive);
    }

    /** Without the rule of a slot. */
    Overlay without(int slot) {
        long[] left = live.clone();
        left[slot / Long.SIZE] &= ~(1L << slot);
        return Arrays.stream(left).allMatch(word -> word == 0) ? EMPTY : new Overlay(slots, size, left);
    }

    boolean isEmpty() {
        return size == 0;
    }

    Rule rule(int slot) {
        return slots.rules[slot];
    }

    long key(int slot) {
        return slots.keys[slot];
    }

    /** How many times 64 slots there are. */
    int chunks() {
        return live.length;
    }

    /** The rules of a chunk, a bit each. */
    long live(int chunk) {
        return live[chunk];
    }

    boolean isLive(int slot) {
        return (live[slot / Long.SIZE] >>> slot & 1) != 0;
    }

    /** The bits that {@link OverlayFront} has for rules. */
    long liveInFront() {
        long all = 0;
        for (long word : live) {
            all |= word;
        }
        return all;
    }

    OverlayFront front() {
        return slots.front;
    }

    OverlayMasks masks(int version, int chunk) {
        return (version == 4 ? slots.masks4 : slots.masks6)[chunk];
    }

    private static long ports(List<RuleBox> boxes) {
        if (boxes.size() != 1 || boxes.getFirst().ipVersion() != 4) {
            return SEVERAL_BOXES;
        }
        PortRange source = boxes.getFirst().sourcePorts();
        PortRange destination = boxes.getFirst().destinationPorts();
        return (long) source.first() << 48
                | (long) source.last() << 32
                | (long) destination.first() << 16
                | destination.last();
    }

    /** Whether the rule in a slot matches the packet at {@code k}, which {@link OverlayMasks#select} chose for it. */
    boolean matchesSelected(int slot, LookupScratch s, int k) {
        long ports = slots.ports[slot];
        if (ports == SEVERAL_BOXES) {
            return matches(slot, s, k);
        }
        int source = s.ints[LookupScratch.SOURCE_PORTS + k];
        int destination = s.ints[LookupScratch.DESTINATION_PORTS + k];
        int outside = source - (int) (ports >>> 48)
                | (int) (ports >>> 32 & 0xffff) - source
                | destination - (int) (ports >>> 16 & 0xffff)
                | (int) (ports & 0xffff) - destination;
        return outside >= 0;
    }

    /** Whether the rule in a slot matches the packet at {@code k}. */
    boolean matches(int slot, LookupScratch s, int k) {
        List<RuleBox> boxes = slots.rules[slot].boxes();
        for (int i = 0; i < boxes.size(); i++) {
            if (matches(boxes.get(i), s, k)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(RuleBox box, LookupScratch s, int k) {
        return (box.protocol() == RuleBox.ANY_PROTOCOL || box.protocol() == s.ints[LookupScratch.PROTOCOLS + k])
                && box.destinationPorts().contains(s.ints[LookupScratch.DESTINATION_PORTS + k])
                && box.sourcePorts().contains(s.ints[LookupScratch.SOURCE_PORTS + k])
                && s.isSourceIn(box.source(), k)
                && s.isDestinationIn(box.destination(), k);
    }
}
