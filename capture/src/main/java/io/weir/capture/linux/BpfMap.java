package io.weir.capture.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A map that programs in the kernel and this process share. Keys and values have fixed sizes; a full map refuses new keys.
 * One thread.
 */
final class BpfMap implements AutoCloseable {
    /** What a map is made of (include/uapi/linux/bpf.h). */
    enum Kind {
        HASH(1, 0),
        /** Whose memory this process can map and write without a call. */
        MAPPED_ARRAY(2, 0x400),
        PERCPU_ARRAY(6, 0),
        /** A new key takes the place of one that wasn't used for long. */
        LRU_HASH(9, 0),
        /** The longest prefix that holds a key decides; memory as it fills. */
        LPM_TRIE(11, 1);

        private final int number;
        private final int flags;

        Kind(int number, int flags) {
            this.number = number;
            this.flags = flags;
        }
    }

    private static final Path POSSIBLE_CPUS = Path.of("/sys/devices/system/cpu/possible");

    /** Where a command's attributes have the address of the value. */
    private static final int VALUE = 16;

    private final Descriptor descriptor;
    private final MemorySegment key;
    private final MemorySegment value;
    private final MemorySegment attributes;
    private final String name;

    private BpfMap(Descriptor descriptor, String name, int keyBytes, int valueBytes) {
        this.descriptor = descriptor;
        this.name = name;
        Arena arena = Arena.ofAuto();
        key = arena.allocate(keyBytes, Long.BYTES);
        value = arena.allocate(valueBytes, Long.BYTES);
        attributes = arena.allocate(Bpf.ATTRIBUTE_BYTES, Long.BYTES);
        attributes.set(Native.INT, 0, descriptor.number());
        attributes.set(Native.LONG, 8, key.address());
        attributes.set(Native.LONG, VALUE, value.address());
    }

    /** @param name up to 15 letters, for those who list maps */
    static BpfMap create(Kind kind, String name, int keyBytes, int valueBytes, int capacity) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Bpf.ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(Native.INT, 0, kind.number);
            attributes.set(Native.INT, 4, keyBytes);
            attributes.set(Native.INT, 8, valueBytes);
            attributes.set(Native.INT, 12, capacity);
            attributes.set(Native.INT, 16, kind.flags);
            Native.putText(attributes, 28, name, 16);
            long result = Bpf.call(Bpf.MAP_CREATE, attributes);
            if (result == -Errno.EPERM) {
                throw KernelException.of(
                        "can't have programs in the kernel",
                        Errno.EPERM,
                        "they need CAP_BPF and CAP_NET_ADMIN: run as root, or grant both");
            }
            Descriptor made = Descriptor.of(result, "can't make the map " + name);
            int cpus = kind == Kind.PERCPU_ARRAY ? possibleCpus() : 1;
            return new BpfMap(made, name, keyBytes, valueBytes * cpus);
        }
    }

    /** The kernel answers a value for each, those that could be plugged in among them. */
    private static int possibleCpus() {
        try {
            String text =
                    Files.readString(POSSIBLE_CPUS, StandardCharsets.US_ASCII).strip();
            return Integer.parseInt(text.substring(Math.max(text.lastIndexOf('-'), text.lastIndexOf(',')) + 1)) + 1;
        } catch (IOException | NumberFormatException e) {
            throw new IllegalStateException(POSSIBLE_CPUS + " can't be read", e);
        }
    }

    Descriptor descriptor() {
        return descriptor;
    }

    /** Where the next key is written. */
    MemorySegment key() {
        return key;
    }

    /** Where the next value is written, and where {@link #find} reads it to. */
    MemorySegment value() {
        return value;
    }

    /**
     * Sets the value of the key.
     *
     * @return whether there was room
     */
    boolean put() throws KernelException {
        long result = Bpf.call(Bpf.MAP_UPDATE, attributes);
        if (result == -Errno.E2BIG || result == -Errno.ENOSPC) {
            return false;
        }
        KernelException.check(result, "can't write to the map " + name);
        return true;
    }

    /** Reads the value of the key, of each processor where they have their own; answers whether there is one. */
    boolean find() throws KernelException {
        return isThere(Bpf.call(Bpf.MAP_LOOKUP, attributes));
    }

    /** Takes the key out; answers whether it was there. */
    boolean remove() throws KernelException {
        // This command knows no value, and refuses one.
        attributes.set(Native.LONG, VALUE, 0);
        long result = Bpf.call(Bpf.MAP_DELETE, attributes);
        attributes.set(Native.LONG, VALUE, value.address());
        return isThere(result);
    }

    private boolean isThere(long result) throws KernelException {
        if (result == -Errno.ENOENT) {
            return false;
        }
        KernelException.check(result, "can't use the map " + name);
        return true;
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
