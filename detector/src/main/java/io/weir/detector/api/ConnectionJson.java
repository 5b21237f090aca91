package io.weir.detector.api;

import io.weir.detector.event.EventWriter;
import io.weir.detector.event.ProtocolName;
import io.weir.filter.address.IpAddress;
import io.weir.filter.flow.TrackedConnection;
import io.weir.filter.packet.IpProtocol;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Connections as the API asks for and tells them. */
final class ConnectionJson {
    private static final int LIMIT_USUAL = 100;
    private static final int LIMIT_MAXIMUM = 1_000;
    private static final int FROM_MAXIMUM = 999_999_999;
    private static final int PORT_MAXIMUM = 65_535;
    private static final int PROTOCOL_MAXIMUM = 255;
    private static final Map<String, Integer> PROTOCOLS = Map.of(
            "tcp", IpProtocol.TCP,
            "udp", IpProtocol.UDP,
            "gre", IpProtocol.GRE,
            "esp", IpProtocol.ESP,
            "sctp", IpProtocol.SCTP);

    private ConnectionJson() {}

    static ConnectionRequest request(ApiRequest request) throws Refusal {
        Map<String, String> query = request.query();
        return new ConnectionRequest(
                request.number("from", 0, 0, FROM_MAXIMUM),
                request.number("limit", LIMIT_USUAL, 1, LIMIT_MAXIMUM),
                query.containsKey("prefix") ? Optional.of(request.prefix()) : Optional.empty(),
                request.number("port", ConnectionRequest.ANY, 0, PORT_MAXIMUM),
                protocol(request),
                state(query.get("state")));
    }

    private static int protocol(ApiRequest request) throws Refusal {
        String name = request.query().getOrDefault("protocol", "").toLowerCase(Locale.ROOT);
        Integer known = PROTOCOLS.get(name);
        if (known == null && !name.isEmpty() && !name.matches("[0-9]+")) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "protocol '" + name + "' must be one of "
                            + PROTOCOLS.keySet().stream().sorted().collect(Collectors.joining(", "))
                            + ", or a number from 0 to " + PROTOCOL_MAXIMUM);
        }
        return known != null ? known : request.number("protocol", ConnectionRequest.ANY, 0, PROTOCOL_MAXIMUM);
    }

    private static Optional<TrackedConnection.State> state(@Nullable String text) throws Refusal {
        if (text == null) {
            return Optional.empty();
        }
        for (TrackedConnection.State state : TrackedConnection.State.values()) {
            if (text(state).equals(text)) {
                return Optional.of(state);
            }
        }
        List<String> all = Arrays.stream(TrackedConnection.State.values())
                .map(ConnectionJson::text)
                .toList();
        throw new Refusal(Refusal.Kind.INVALID, "state '" + text + "' must be one of " + String.join(", ", all));
    }

    private static String text(TrackedConnection.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static byte[] page(ConnectionPage page) {
        return ApiJson.object(json -> {
            ApiJson.writeList(json, "connections", page.connections(), ConnectionJson::write);
            if (page.next() > 0) {
                json.writeNumberProperty("next", page.next());
            }
        });
    }

    private static void write(JsonGenerator json, TrackedConnection one) {
        json.writeStartObject();
        json.writeStringProperty("src_ip", IpAddress.format(one.initiatorHigh(), one.initiatorLow()));
        json.writeStringProperty("dest_ip", IpAddress.format(one.responderHigh(), one.responderLow()));
        json.writeStringProperty("proto", ProtocolName.of(one.protocol()));
        if ((one.initiatorPort() | one.responderPort()) != 0) {
            json.writeNumberProperty("src_port", one.initiatorPort());
            json.writeNumberProperty("dest_port", one.responderPort());
        }
        json.writeStringProperty("state", text(one.state()));
        json.writeStringProperty("opened", EventWriter.timestamp(one.openedNanos()));
        json.writeStringProperty("last_seen", EventWriter.timestamp(one.lastSeenNanos()));
        json.writeEndObject();
    }
}
