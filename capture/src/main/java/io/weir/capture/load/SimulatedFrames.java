package io.weir.capture.load;

import java.lang.foreign.MemorySegment;

/** What a profile's clients and attackers send; what the servers answer isn't in it, for a real one answers itself. */
public final class SimulatedFrames implements FrameStream {
    private final TrafficSimulator simulator;
    private final long epochNanos;

    /** @throws IllegalArgumentException if the profile has faults; ask {@link LoadProfile#faults} before */
    public SimulatedFrames(LoadProfile profile, long seed) {
        simulator = new TrafficSimulator(profile, seed);
        epochNanos = profile.epochNanos();
    }

    @Override
    public int next(MemorySegment out, long offset) {
        int length;
        do {
            length = simulator.next(out, offset);
        } while (length != TrafficSimulator.END && Label.isAnswer(simulator.label()));
        return length == TrafficSimulator.END ? END : length;
    }

    @Override
    public long dueNanos() {
        return simulator.timestampNanos() - epochNanos;
    }
}
