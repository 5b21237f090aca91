package io.weir.detector.report;

import io.weir.filter.address.IpAddress;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Rules and packets as JSON objects, the same wherever they stand. */
public final class RuleJson {
    private static final JsonFactory JSON = new JsonFactory();

    private RuleJson() {}

    /** One object on one line, without a line end. */
    static String object(Consumer<JsonGenerator> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    static void writeRule(JsonGenerator json, Rule rule) {
        json.writeStartObject();
        writeRuleMembers(json, rule);
        json.writeEndObject();
    }

    /** The members of {@link #writeRule}, for objects that add to them. */
    public static void writeRuleMembers(JsonGenerator json, Rule rule) {
        json.writeStringProperty("file", rule.origin().file());
        json.writeStringProperty("group", rule.origin().group());
        json.writeStringProperty("place", rule.origin().place());
        json.writeStringProperty("id", rule.id());
        json.writeStringProperty("direction", rule.direction().text());
        json.writeStringProperty("policy", rule.policy().text());
        json.writeNumberProperty("priority", rule.priority());
        json.writeStringProperty("text", RuleText.rule(rule));
        json.writeStringProperty("description", rule.description());
    }

    static void writePacket(JsonGenerator json, FiveTuple packet) {
        json.writeStartObject();
        json.writeStringProperty("src_ip", IpAddress.format(packet.sourceHigh(), packet.sourceLow()));
        json.writeStringProperty("dest_ip", IpAddress.format(packet.destinationHigh(), packet.destinationLow()));
        json.writeNumberProperty("protocol", packet.protocol());
        if (PacketNames.hasPorts(packet.protocol())) {
            json.writeNumberProperty("src_port", packet.sourcePort());
            json.writeNumberProperty("dest_port", packet.destinationPort());
        }
        if (PacketNames.hasTypes(packet.protocol())) {
            json.writeNumberProperty("icmp_type", packet.destinationPort() >>> 8);
            json.writeNumberProperty("icmp_code", packet.destinationPort() & 0xff);
        }
        json.writeStringProperty("text", RuleText.packet(packet));
        json.writeEndObject();
    }
}
