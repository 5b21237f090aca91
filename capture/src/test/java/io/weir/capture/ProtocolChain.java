package io.weir.capture;

import io.weir.capture.testing.TsharkField;
import io.weir.capture.testing.TsharkRow;
import io.weir.filter.packet.IpProtocol;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows the extension headers that tshark shows, to the protocol behind them. */
final class ProtocolChain {
    private final TsharkRow row;
    private final Map<TsharkField, Iterator<String>> remaining = new EnumMap<>(TsharkField.class);

    ProtocolChain(TsharkRow row) {
        this.row = row;
    }

    /** The protocol number behind the last extension header that tshark read; -1 without IP. */
    int last(int version) {
        TsharkField field = version == 4 ? TsharkField.IPV4_PROTOCOL : TsharkField.IPV6_NEXT;
        int protocol = (int) row.number(field);
        while (true) {
            TsharkField next = version == 4 && protocol != IpProtocol.AH ? null : nextField(protocol);
            if (next == null) {
                return protocol;
            }
            Iterator<String> values =
                    remaining.computeIfAbsent(next, key -> row.all(key).iterator());
            if (!values.hasNext()) {
                return protocol;
            }
            protocol = Integer.decode(values.next());
            boolean laterFragment =
                    next == TsharkField.FRAGMENT_NEXT && row.number(TsharkField.IPV6_FRAGMENT_OFFSET) > 0;
            if (laterFragment) {
                return protocol;
            }
        }
    }

    private static @Nullable TsharkField nextField(int protocol) {
        return switch (protocol) {
            case IpProtocol.HOP_BY_HOP -> TsharkField.HOP_BY_HOP_NEXT;
            case IpProtocol.ROUTING -> TsharkField.ROUTING_NEXT;
            case IpProtocol.FRAGMENT -> TsharkField.FRAGMENT_NEXT;
            case IpProtocol.DESTINATION_OPTIONS -> TsharkField.DESTINATION_OPTIONS_NEXT;
            case IpProtocol.AH -> TsharkField.AH_NEXT;
            case IpProtocol.MOBILITY -> TsharkField.MOBILITY_NEXT;
            case IpProtocol.HIP -> TsharkField.HIP_NEXT;
            case IpProtocol.SHIM6 -> TsharkField.SHIM6_NEXT;
            default -> null;
        };
    }
}
