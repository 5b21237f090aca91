package io.weir.detector.scrub;

import io.weir.detector.flood.Flood;
import io.weir.detector.flood.TrafficClass;
import io.weir.detector.window.SampleRing;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.PacketRow;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What of peace may be the flood's own: datagrams prove nothing, so that whoever sent a few before he floods makes his
 * packets look like those of peace. Left out are those of sources that now go to another port with each datagram, which
 * nobody does who talks or reports; and where the flood is known by what no sender does, those that say the same at length,
 * or from the same port begin alike. Control
 * step only.
 */
final class Whispers {
    /** Of a packet; what is shorter many may say: a question, a keep-alive. */
    private static final int LONG_BYTES = 128;

    private static final int KIND_SHIFT = 32;

    /** Of a flood that can't whisper. */
    static final Whispers NONE = new Whispers();

    /** With fewer datagrams of a source nothing is said of its ports. */
    private static final int FEWEST = 3;
    /** Of a source's datagrams, so many go to ports of their own. */
    private static final double DRAWN = 0.9;

    private final Map<Address, Sent> sources = new HashMap<>();
    private final Set<Content> contents = new HashSet<>();

    private record Address(long high, long low) {}

    /** What a source sent. */
    private static final class Sent {
        private int datagrams;
        private final Set<Integer> ports = new HashSet<>();

        boolean arePortsDrawn() {
            return datagrams >= FEWEST && ports.size() >= DRAWN * datagrams;
        }
    }

    /** What a datagram says, or with no length, from which port it says what kind of thing. */
    private record Content(long length, long first, long second) {}

    private Whispers() {}

    /** Whether a class is one of which a whisper may be taken for peace. */
    private static boolean isOfDatagrams(Flood flood) {
        return flood.trafficClass() == TrafficClass.UDP;
    }

    /** Those of a flood, as far as its samples tell. */
    static Whispers of(Flood flood, SampleRing ring) {
        if (!isOfDatagrams(flood)) {
            return NONE;
        }
        Whispers whispers = new Whispers();
        for (int sample = 0; sample < ring.size(); sample++) {
            if (ring.matches(sample, flood.target(), flood.trafficClass().ordinal(), flood.startNanos())
                    && !ring.isProven(sample)) {
                whispers.add(ring.rows(), SampleRing.row(sample), flood.isOfForgery());
            }
        }
        return whispers;
    }

    boolean isNone() {
        return sources.isEmpty();
    }

    private void add(long[] rows, int row, boolean isForged) {
        Sent sent = sources.computeIfAbsent(source(rows, row), address -> new Sent());
        sent.datagrams++;
        sent.ports.add(PacketRow.destinationPort(rows, row));
        if (isForged && PacketRow.value(Field.LENGTH, rows, row) >= LONG_BYTES) {
            contents.add(content(rows, row));
            contents.add(kind(rows, row));
        }
    }

    /** Whether a row of peace is the flood's own. */
    boolean has(long[] rows, int row) {
        Sent sent = sources.get(source(rows, row));
        boolean isOfSource = sent != null && sent.arePortsDrawn();
        return isOfSource
                || !contents.isEmpty()
                        && PacketRow.value(Field.LENGTH, rows, row) >= LONG_BYTES
                        && (contents.contains(content(rows, row)) || contents.contains(kind(rows, row)));
    }

    private static Content kind(long[] rows, int row) {
        return new Content(0, PacketRow.payloadFirst(rows, row) >>> KIND_SHIFT, PacketRow.sourcePort(rows, row));
    }

    private static Address source(long[] rows, int row) {
        return new Address(PacketRow.sourceHigh(rows, row), PacketRow.sourceLow(rows, row));
    }

    private static Content content(long[] rows, int row) {
        return new Content(
                PacketRow.value(Field.LENGTH, rows, row),
                PacketRow.payloadFirst(rows, row),
                PacketRow.payloadSecond(rows, row));
    }
}
