package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.signature.Signature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The schema of the events as a table, and a check of a file against it: fields, types, order, and what follows what. */
final class EventSchema {
    private static final Predicate<Object> TIMESTAMP = text("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z");
    private static final Predicate<Object> WORD = text("[A-Za-z0-9][A-Za-z0-9-]*");
    private static final Predicate<Object> COUNT = whole(0, Long.MAX_VALUE);
    private static final Predicate<Object> PORT = whole(1, 65_535);
    private static final int MOST_TOP_SOURCES = 5;

    /**
     * A member of an object.
     *
     * @param isRequired whether it is always there
     */
    private record Field(String name, boolean isRequired, Predicate<Object> type) {}

    private static final List<Field> SOURCE =
            List.of(new Field("src_ip", true, EventSchema::isAddress), new Field("share", true, EventSchema::isShare));

    private static final List<Field> SOURCES =
            List.of(new Field("distinct", true, COUNT), new Field("top", true, EventSchema::isTop));

    private static final List<Field> THRESHOLD = List.of(
            new Field("pps", false, COUNT),
            new Field("qps", false, COUNT),
            new Field("rps", false, COUNT),
            new Field("hps", false, COUNT),
            new Field("bps", false, COUNT));

    private static final List<Field> SIGNATURE = List.of(
            new Field("text", true, EventSchema::isSignature),
            new Field("state", true, oneOf("trial", "active")),
            new Field("basis", true, oneOf("samples", "never-sent", "expected-loss")),
            new Field("attack_share", true, EventSchema::isShare),
            new Field("attack_samples", true, COUNT),
            new Field("peace_share_bound", true, EventSchema::isShare),
            new Field("peace_samples", true, COUNT),
            new Field("packets", true, COUNT));

    private static final List<Field> PASSED_AND_DROPPED =
            List.of(new Field("passed", true, COUNT), new Field("dropped", true, COUNT));

    private static final List<Field> COLLATERAL = List.of(
            new Field("established", true, value -> isObject(value, PASSED_AND_DROPPED)),
            new Field("credible", true, value -> isObject(value, PASSED_AND_DROPPED)),
            new Field("newcomers", true, value -> isObject(value, PASSED_AND_DROPPED)),
            new Field("asked_again", true, COUNT),
            new Field("delayed_connections", true, COUNT));

    private static final List<Field> FLOOD = List.of(
            new Field("id", true, text("\\S+")),
            new Field("state", true, oneOf("started", "updated", "ended")),
            new Field("kind", true, oneOf("syn", "udp", "ack", "icmp", "dns", "http", "other")),
            new Field("vector", true, WORD),
            new Field("inner_vector", false, WORD),
            new Field("addresses", false, COUNT),
            new Field("detector", true, oneOf("threshold", "baseline", "pattern", "handshakes", "idling", "return")),
            new Field("resumes", false, text("\\S+")),
            new Field("start", true, TIMESTAMP),
            new Field("end", false, TIMESTAMP),
            new Field("pps", true, COUNT),
            new Field("bps", true, COUNT),
            new Field("peak_pps", true, COUNT),
            new Field("peak_bps", true, COUNT),
            new Field("threshold", true, value -> isObject(value, THRESHOLD) && !((Map<?, ?>) value).isEmpty()),
            new Field("detection_ms", true, COUNT),
            new Field("packets", true, COUNT),
            new Field("bytes", true, COUNT),
            new Field("dropped_packets", false, COUNT),
            new Field("dropped_bytes", false, COUNT),
            new Field("would_drop_packets", false, COUNT),
            new Field("would_drop_bytes", false, COUNT),
            new Field("sources", true, value -> isObject(value, SOURCES)),
            new Field("collateral", true, value -> isObject(value, COLLATERAL)),
            new Field(
                    "mitigation",
                    true,
                    value -> value instanceof List<?> words && words.stream().allMatch(WORD)),
            new Field("signature", false, EventSchema::isSignature),
            new Field("signatures", false, EventSchema::areSignatures),
            new Field("capture", false, text("[0-9TZ]{19}-[a-z]+\\.pcapng")));

    private static final List<Field> SCAN = List.of(
            new Field("id", true, text("\\S+")),
            new Field("state", true, oneOf("started", "ended")),
            new Field("kind", true, oneOf("vertical", "horizontal")),
            new Field("method", true, oneOf("syn", "fin", "null", "xmas", "ack", "udp", "arp")),
            new Field("start", true, TIMESTAMP),
            new Field("end", false, TIMESTAMP),
            new Field("ports", false, COUNT),
            new Field("hosts", false, COUNT));

    private static final List<Field> BRUTEFORCE = List.of(
            new Field("id", true, text("\\S+")),
            new Field("state", true, oneOf("started", "ended")),
            new Field("kind", true, oneOf("sessions", "logins")),
            new Field(
                    "service",
                    true,
                    oneOf("ftp", "ssh", "telnet", "smtp", "pop3", "imap", "smb", "rdp", "vnc", "http")),
            new Field("start", true, TIMESTAMP),
            new Field("end", false, TIMESTAMP),
            new Field("attempts", true, COUNT));

    private static final List<Field> AUDIT = List.of(
            new Field("by", true, text("\\S.*")),
            new Field("action", true, WORD),
            new Field("detail", true, text(".{0,201}")),
            new Field("result", true, oneOf("done", "refused")));

    private static final List<Field> TABLE = List.of(
            new Field("name", true, oneOf("connections", "floods", "sources")),
            new Field("capacity", true, COUNT),
            new Field("evicted", true, COUNT));

    private static final List<Field> TOTAL = List.of(new Field("established_dropped", true, COUNT));

    private static final List<Field> LOSS = List.of(new Field("packets", true, COUNT));

    private static final List<Field> BAN = List.of(
            new Field("state", true, oneOf("added", "lifted", "expired")),
            new Field("prefix", true, EventSchema::isPrefix),
            new Field("until", false, TIMESTAMP),
            new Field("reason", true, text(".*")));

    private static final List<Field> RELOAD = List.of(
            new Field("result", true, oneOf("applied", "refused", "confirmed", "rolled_back")),
            new Field("problems", true, value -> value instanceof List));

    /** By event type: the fields beside {@code timestamp} and {@code event_type}. */
    private static final Map<String, List<Field>> EVENTS = Map.of(
            "flood",
            List.of(
                    new Field("dest_ip", false, EventSchema::isAddress),
                    new Field("dest_prefix", false, EventSchema::isPrefix),
                    new Field("dest_port", false, PORT),
                    new Field("proto", true, WORD),
                    new Field("flood", true, value -> isObject(value, FLOOD))),
            "scan",
            List.of(
                    new Field("src_ip", true, EventSchema::isAddress),
                    new Field("dest_ip", false, EventSchema::isAddress),
                    new Field("dest_prefix", false, EventSchema::isPrefix),
                    new Field("dest_port", false, PORT),
                    new Field("proto", false, WORD),
                    new Field("scan", true, value -> isObject(value, SCAN))),
            "bruteforce",
            List.of(
                    new Field("src_ip", true, EventSchema::isAddress),
                    new Field("dest_ip", true, EventSchema::isAddress),
                    new Field("dest_port", true, PORT),
                    new Field("proto", true, WORD),
                    new Field("bruteforce", true, value -> isObject(value, BRUTEFORCE))),
            "capture_loss",
            List.of(new Field("capture_loss", true, value -> isObject(value, LOSS))),
            "ban",
            List.of(new Field("ban", true, value -> isObject(value, BAN))),
            "reload",
            List.of(new Field("reload", true, value -> isObject(value, RELOAD))),
            "audit",
            List.of(new Field("audit", true, value -> isObject(value, AUDIT))),
            "table",
            List.of(new Field("table", true, value -> isObject(value, TABLE))),
            "total",
            List.of(
                    new Field("dest_ip", true, EventSchema::isAddress),
                    new Field("total", true, value -> isObject(value, TOTAL))));

    private EventSchema() {}

    /**
     * Checks every line of a file.
     *
     * @return the events
     */
    static List<Map<String, Object>> check(Path file) throws java.io.IOException {
        List<Map<String, Object>> events = new ArrayList<>();
        String text = Files.readString(file);
        assertTrue(text.isEmpty() || text.endsWith("\n"), "the last line has no end");
        for (String line : text.lines().toList()) {
            Map<String, Object> event = Json.object(line);
            checkFields(event, line);
            events.add(event);
        }
        checkOrder(events);
        checkLives(events);
        return events;
    }

    private static void checkFields(Map<String, Object> event, String line) {
        assertEquals(
                List.of("timestamp", "event_type"), List.copyOf(event.keySet()).subList(0, 2), line);
        List<Field> fields = EVENTS.get(String.valueOf(event.get("event_type")));
        assertTrue(fields != null, () -> "unknown type: " + line);
        List<Field> all = new ArrayList<>(fields);
        all.add(new Field("timestamp", true, TIMESTAMP));
        all.add(new Field("event_type", true, WORD));
        assertEquals(List.of(), faults(event, all), line);
        if ("flood".equals(event.get("event_type"))) {
            assertTrue(event.containsKey("dest_ip") != event.containsKey("dest_prefix"), line);
            checkFlood(event, Json.asObject(event.get("flood")), line);
        }
    }

    private static void checkFlood(Map<String, Object> event, Map<String, Object> flood, String line) {
        String now = Json.asText(event.get("timestamp"));
        String start = Json.asText(flood.get("start"));
        String end = Json.asText(flood.getOrDefault("end", start));
        assertTrue(start.compareTo(end) <= 0 && end.compareTo(now) <= 0, line);
        assertTrue(!flood.containsKey("end") || "ended".equals(flood.get("state")), line);
        boolean isObserved = flood.containsKey("would_drop_packets");
        assertTrue(isObserved != flood.containsKey("dropped_packets"), line);
        String dropped = isObserved ? "would_drop" : "dropped";
        assertEquals(flood.containsKey("signature"), flood.containsKey("signatures"), line);
        assertTrue(Json.asLong(flood.get(dropped + "_packets")) <= Json.asLong(flood.get("packets")), line);
        assertTrue(Json.asLong(flood.get(dropped + "_bytes")) <= Json.asLong(flood.get("bytes")), line);
    }

    /** An event is never earlier than the one before it. */
    private static void checkOrder(List<Map<String, Object>> events) {
        String before = "";
        for (Map<String, Object> event : events) {
            String now = Json.asText(event.get("timestamp"));
            assertTrue(before.compareTo(now) <= 0, () -> "goes back in time: " + event);
            before = now;
        }
    }

    /** Each flood, scan and brute force starts once, ends once, and changes only in between. */
    private static void checkLives(List<Map<String, Object>> events) {
        Map<String, String> states = new HashMap<>();
        for (Map<String, Object> event : events) {
            String type = String.valueOf(event.get("event_type"));
            if (Set.of("flood", "scan", "bruteforce").contains(type)) {
                Map<String, Object> flood = Json.asObject(event.get(type));
                String state = Json.asText(flood.get("state"));
                String last = states.put(Json.asText(flood.get("id")), state);
                boolean isFirst = last == null;
                assertTrue(state.equals("started") == isFirst && !"ended".equals(last), event::toString);
            }
        }
        states.forEach((id, state) -> assertEquals("ended", state, () -> id + " never ended"));
    }

    private static boolean isObject(Object value, List<Field> fields) {
        return value instanceof Map<?, ?>
                && faults(Json.asObject(value), fields).isEmpty();
    }

    private static List<String> faults(Map<String, Object> object, List<Field> fields) {
        List<String> faults = new ArrayList<>();
        for (Field field : fields) {
            Object value = object.get(field.name);
            if (value == null ? field.isRequired : !field.type.test(value)) {
                faults.add(field.name + ": " + value);
            }
        }
        object.keySet().stream()
                .filter(name -> fields.stream().noneMatch(field -> field.name.equals(name)))
                .forEach(name -> faults.add(name + " isn't documented"));
        return faults;
    }

    private static Predicate<Object> text(String pattern) {
        return value -> value instanceof String text && text.matches(pattern);
    }

    private static Predicate<Object> whole(long least, long most) {
        return value -> value instanceof Long number && number >= least && number <= most;
    }

    private static boolean isShare(Object value) {
        return value instanceof Number share && share.doubleValue() > 0 && share.doubleValue() <= 1;
    }

    /** One that could be written into a configuration as it stands. */
    private static boolean isSignature(Object value) {
        return value instanceof String text
                && Signature.parse(text) instanceof Signature.Parsed.Valid(Signature signature)
                && signature.toString().equals(text);
    }

    private static boolean areSignatures(Object value) {
        List<Object> signatures = Json.asArray(value);
        return !signatures.isEmpty()
                && signatures.size() <= 4
                && signatures.stream().allMatch(signature -> isObject(signature, SIGNATURE));
    }

    private static boolean isTop(Object value) {
        List<Object> top = Json.asArray(value);
        return top.size() <= MOST_TOP_SOURCES && top.stream().allMatch(source -> isObject(source, SOURCE));
    }

    private static Predicate<Object> oneOf(String... words) {
        return Set.of((Object[]) words)::contains;
    }

    /** As RFC 5952 writes it. */
    private static boolean isAddress(Object value) {
        long[] address = new long[2];
        return value instanceof String text
                && IpAddress.parse(text, address)
                && text.equals(IpAddress.format(address[0], address[1]));
    }

    private static boolean isPrefix(Object value) {
        return value instanceof String text
                && IpPrefix.parse(text) instanceof IpPrefix.Parsed.Valid(IpPrefix prefix)
                && prefix.toString().equals(text);
    }
}
