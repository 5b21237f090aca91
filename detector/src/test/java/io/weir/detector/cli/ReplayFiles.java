package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.capture.source.CaptureException;
import io.weir.detector.testing.Packets;
import io.weir.detector.testing.Packets.Packet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All that a replay can write, in one folder. */
record ReplayFiles(Path pass, Path drop, Path events) {
    static ReplayFiles in(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new ReplayFiles(
                folder.resolve("pass.pcapng"), folder.resolve("drop.pcapng"), folder.resolve("events.jsonl"));
    }

    /** Replays a whole, sound capture. */
    static ReplayFiles replay(Path capture, Path folder, Object... options) throws IOException {
        ReplayFiles files = in(folder);
        List<Object> arguments = new ArrayList<>(List.of((Object[]) files.arguments(capture.toString())));
        arguments.addAll(List.of(options));
        Weir.run(arguments.toArray()).expect(ExitStatus.DONE);
        return files;
    }

    /** A replay's command line. */
    String[] arguments(String capture) {
        return new String[] {
            "replay",
            "--json",
            "--pass",
            pass.toString(),
            "--drop",
            drop.toString(),
            "--events",
            events.toString(),
            capture
        };
    }

    void assertSame(ReplayFiles other) throws IOException {
        assertEquals(-1, Files.mismatch(events, other.events), "events differ at this byte");
        assertEquals(-1, Files.mismatch(pass, other.pass), "passed packets differ at this byte");
        assertEquals(-1, Files.mismatch(drop, other.drop), "dropped packets differ at this byte");
    }

    /** Each packet is in exactly one of the two, with its bytes and time, in the order it came. */
    void assertHoldsEveryPacketOf(Path capture) throws IOException {
        assertHolds(Packets.of(capture));
    }

    /** The same of a capture that can be read only so far. */
    void assertHoldsEveryPacketOf(Path capture, long readable) throws IOException {
        List<Packet> packets = new ArrayList<>();
        try {
            Packets.read(capture, packets);
        } catch (CaptureException damage) {
            assertEquals(readable, packets.size(), damage::getMessage);
        }
        assertHolds(packets);
    }

    /** Each of these, and nothing else. */
    void assertHolds(List<Packet> packets) throws IOException {
        List<Packet> passed = Packets.of(pass);
        List<Packet> dropped = Packets.of(drop);
        assertEquals(packets.size(), passed.size() + dropped.size());
        int nextPassed = 0;
        int nextDropped = 0;
        for (int i = 0; i < packets.size(); i++) {
            Packet packet = packets.get(i);
            if (nextPassed < passed.size() && passed.get(nextPassed).equals(packet)) {
                nextPassed++;
            } else if (nextDropped < dropped.size() && dropped.get(nextDropped).equals(packet)) {
                nextDropped++;
            } else {
                throw new AssertionError("packet " + i + " is in neither: " + packet);
            }
        }
    }
}
