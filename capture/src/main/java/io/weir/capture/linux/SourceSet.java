package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sources in maps of the kernel's program, which looks for them only while there are any. */
final class SourceSet {
    /** Whole addresses, or all where there is no map for the rest. */
    private final BpfMap hosts;

    private final @Nullable BpfMap prefixes;
    private final Set<IpPrefix> held = new HashSet<>();

    SourceSet(BpfMap hosts, @Nullable BpfMap prefixes) {
        this.hosts = hosts;
        this.prefixes = prefixes;
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** Answers whether there was room. */
    boolean add(IpPrefix source) throws KernelException {
        boolean hasRoom = map(source).put();
        if (hasRoom) {
            held.add(source);
        }
        return hasRoom;
    }

    /** Answers whether this very one was in it. */
    boolean remove(IpPrefix source) throws KernelException {
        boolean wasThere = map(source).remove();
        held.remove(source);
        return wasThere;
    }

    /** With the source as its key. */
    private BpfMap map(IpPrefix source) {
        if (prefixes == null || ShieldMaps.mappedLength(source) == Byte.SIZE * ShieldMaps.ADDRESS_BYTES) {
            ShieldMaps.putAddress(hosts.key(), 0, source);
            return hosts;
        }
        ShieldMaps.putKey(prefixes.key(), 0, source);
        return prefixes;
    }
}
