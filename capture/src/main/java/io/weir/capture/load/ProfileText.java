package io.weir.capture.load;

import io.weir.capture.load.Episode.Kind;
import java.util.Locale;

/** Says in a line what a profile of {@link LoadProfiles} holds. */
public final class ProfileText {
    private static final String MIMICKED = "-mimicked";

    private ProfileText() {}

    /** The line of a name; empty if there is no such profile. */
    public static String of(String name) {
        return switch (name) {
            case "peace" -> "web, DNS and ping of 500 clients; no flood";
            case "syn" -> "SYNs from invented addresses, over peace";
            case "udp" -> "UDP to random ports, over peace";
            case "ack" -> "ACKs of no connection, over peace";
            case "icmp" -> "pings from invented addresses, over peace";
            case "dns" -> "questions for names that don't exist, over peace";
            case "http" -> "GET requests of 200 bots, over peace";
            case "mixed" -> "SYN, UDP, ICMP and DNS at once, over peace";
            case "users" -> "all that 3,000 users and six servers do; no flood";
            default -> name.endsWith(MIMICKED) ? mimicked(name) : other(name);
        };
    }

    private static String mimicked(String name) {
        return of(name.substring(0, name.length() - MIMICKED.length()))
                        .replace(", over peace", "")
                        .replace(", over users", "")
                + ", as users send them";
    }

    private static String other(String name) {
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name)) {
                return episode(kind) + ": no flood, over users";
            }
        }
        for (FloodVector vector : FloodVector.values()) {
            if (vector.text().equals(name)) {
                return vector(vector) + ", over users";
            }
        }
        return "";
    }

    private static String episode(Kind kind) {
        return switch (kind) {
            case FLASH_CROWD -> "many new visitors at once";
            case CRAWLER -> "a search engine's crawler";
            case BACKUP -> "a host that copies all it has";
            case SPEED_TEST -> "as fast as the line allows";
            case SHARED_ADDRESS -> "hundreds of users behind one address";
            case PORT_SCAN -> "one source tries ports with SYNs";
            case CONNECT_SCAN -> "one source tries to connect to ports";
            case UDP_SCAN -> "one source tries ports with datagrams";
            case XMAS_SCAN -> "one source tries ports with FIN, PSH and URG";
            case BRUTE_FORCE -> "one source guesses passwords";
        };
    }

    private static String vector(FloodVector vector) {
        return switch (vector) {
            case SYN -> "SYNs from invented addresses";
            case SYN_ACK_REFLECTION -> "servers' SYN-ACKs to what nobody asked";
            case RST_REFLECTION -> "closed ports' RSTs to what nobody asked";
            case ACK -> "ACKs of no connection";
            case PSH_ACK -> "data segments of no connection";
            case FIN -> "FINs of no connection";
            case RST -> "RSTs of no connection";
            case UDP_RANDOM_PORTS -> "UDP to random ports";
            case UDP_ONE_PORT -> "UDP to one port";
            case DNS_REFLECTION,
                    NTP_REFLECTION,
                    SSDP_REFLECTION,
                    MEMCACHED_REFLECTION,
                    CLDAP_REFLECTION,
                    SNMP_REFLECTION,
                    CHARGEN_REFLECTION,
                    ISAKMP_REFLECTION,
                    BACNET_REFLECTION,
                    UNKNOWN_REFLECTION ->
                vector.text().replace("-reflection", "") + " servers' answers that nobody asked for";
            case FRAGMENTS -> "parts of datagrams that are never whole";
            case ICMP_ECHO -> "pings";
            case ICMP_ECHO_REPLY -> "replies to pings that nobody sent";
            case ICMP_UNREACHABLE -> "port unreachable (BlackNurse)";
            case DNS_RANDOM_LABELS -> "questions for names that don't exist";
            case DNS_QUERY -> "one question over and over";
            case HTTP_GET -> "GET requests of bots on real connections";
            case HTTP_POST -> "POST requests of bots on real connections";
            case HTTP_CONNECTIONS -> "one request on each new connection of bots";
            case RAPID_RESET -> "requests over HTTP/2 that bots take back at once";
            case SLOWLORIS -> "request heads that never end";
            case SLOW_POST -> "request bodies that never end";
            case SLOW_READ -> "answers that are never taken";
            case TLS_HANDSHAKE -> "TLS handshakes of bots";
            case GRE -> "GRE around invented datagrams, as Mirai sends it";
        };
    }
}
