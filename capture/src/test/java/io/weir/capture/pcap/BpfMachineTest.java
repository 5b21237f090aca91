package io.weir.capture.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.weir.capture.testing.Libpcap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BpfMachineTest {
    private static final int[] LOADS = {
        0x00, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x80, 0x01, 0x61, 0x81, 0xb1, 0x02, 0x03, 0x07, 0x87
    };
    private static final int[] JUMPS = {0x05, 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d};
    private static final int[] ALU = {
        0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x64, 0x6c, 0x74, 0x7c, 0x84, 0x94,
        0x9c, 0xa4, 0xac
    };
    private static final int SCRATCH_WORDS = 16;
    private static final int FRAME_BYTES = 48;
    private static final int GUARD = 0x7f;

    private final Random random = new Random(11);
    private int[] codes = {};
    private int[] jumpTrue = {};
    private int[] jumpFalse = {};
    private int[] constants = {};

    /** Random programs reach what no expression compiles to. */
    @Test
    void agreesWithLibpcapsInterpreterOnRandomPrograms() {
        Libpcap.assumeInstalled();
        Function reference = NativeLibrary.getInstance("pcap").getFunction("bpf_filter");
        int accepted = 0;
        try (Arena arena = Arena.ofConfined()) {
            // One byte before and behind the frame: a wrong offset shows.
            MemorySegment frames = arena.allocate(FRAME_BYTES + 2);
            for (int round = 0; round < 20_000; round++) {
                makeProgram(8 + random.nextInt(30));
                byte[] frame = new byte[random.nextInt(FRAME_BYTES)];
                random.nextBytes(frame);
                frames.fill((byte) GUARD);
                MemorySegment.copy(frame, 0, frames, ValueLayout.JAVA_BYTE, 1, frame.length);
                int wire = frame.length + random.nextInt(1000);
                BpfMachine machine = new BpfMachine(codes, jumpTrue, jumpFalse, constants);
                boolean expected = reference.invokeInt(new Object[] {nativeProgram(), frame, wire, frame.length}) != 0;
                assertEquals(expected, machine.accepts(frames, 1, frame.length, wire), "round " + round);
                accepted += expected ? 1 : 0;
            }
        }
        assertFalse(accepted < 2_000 || accepted > 18_000, "a test in which nearly all end alike: " + accepted);
    }

    private void makeProgram(int length) {
        int total = SCRATCH_WORDS + length;
        codes = new int[total];
        jumpTrue = new int[total];
        jumpFalse = new int[total];
        constants = new int[total];
        for (int i = 0; i < total - 1; i++) {
            if (i < SCRATCH_WORDS) {
                // libpcap's scratch words hold what the stack held: write before reading.
                codes[i] = 0x02;
                constants[i] = i;
            } else {
                makeInstruction(i, total - 2 - i);
            }
        }
        codes[total - 1] = random.nextBoolean() ? 0x16 : 0x06;
        constants[total - 1] = random.nextInt(2);
    }

    private void makeInstruction(int i, int farthestJump) {
        int kind = random.nextInt(10);
        if (kind < 5) {
            codes[i] = LOADS[random.nextInt(LOADS.length)];
            constants[i] = random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(FRAME_BYTES / 2);
            if ((codes[i] & 0xe0) == 0x60 || codes[i] == 2 || codes[i] == 3) {
                constants[i] = random.nextInt(SCRATCH_WORDS);
            }
        } else if (kind < 8) {
            codes[i] = ALU[random.nextInt(ALU.length)];
            // Never 0, and below 32: libpcap's interpreter trusts its verifier in both.
            constants[i] = 1 + random.nextInt(31);
        } else {
            codes[i] = JUMPS[random.nextInt(JUMPS.length)];
            constants[i] = codes[i] == 0x05 ? random.nextInt(farthestJump + 1) : random.nextInt(256);
            jumpTrue[i] = random.nextInt(farthestJump + 1);
            jumpFalse[i] = random.nextInt(farthestJump + 1);
        }
    }

    private Pointer nativeProgram() {
        Memory program = new Memory(codes.length * 8L);
        for (int i = 0; i < codes.length; i++) {
            program.setShort(i * 8L, (short) codes[i]);
            program.setByte(i * 8L + 2, (byte) jumpTrue[i]);
            program.setByte(i * 8L + 3, (byte) jumpFalse[i]);
            program.setInt(i * 8L + 4, constants[i]);
        }
        return program;
    }

    @Test
    void refusesProgramsThatCouldFailOrLoop() {
        assertInvalid(new int[] {}, 0);
        assertInvalid(new int[] {0x00}, 0);
        assertInvalid(new int[] {0xff, 0x06}, 0);
        assertInvalid(new int[] {0x60, 0x06}, 16);
        assertInvalid(new int[] {0x02, 0x06}, -1);
        assertInvalid(new int[] {0x05, 0x06}, -1);
        assertInvalid(new int[] {0x05, 0x06}, 1);
        assertInvalid(new int[] {0x15, 0x06}, 0);
    }

    private static void assertInvalid(int[] codes, int constant) {
        int[] far = new int[codes.length];
        int[] constants = new int[codes.length];
        Arrays.fill(far, 1);
        Arrays.fill(constants, constant);
        assertThrows(IllegalArgumentException.class, () -> new BpfMachine(codes, far, far, constants));
    }
}
