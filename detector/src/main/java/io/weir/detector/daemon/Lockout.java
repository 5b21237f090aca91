package io.weir.detector.daemon;

import io.weir.detector.config.ProtectedPrefix;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.rule.Direction;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Policy;
import io.weir.filter.rule.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whether rules would cut off somebody who is logged in over SSH: most likely whoever is just starting weir. */
public final class Lockout {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final String ESTABLISHED = "01";
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;

    private Lockout() {}

    /** One sentence for each peer that would be cut off; none while nothing is dropped. */
    public static List<String> problems(LiveSettings settings) {
        List<String> problems = new ArrayList<>();
        if (settings.isObserving()) {
            return problems;
        }
        for (FiveTuple session : sessions()) {
            refusing(settings, session)
                    .ifPresent(rule -> problems.add("would cut off the SSH session from "
                            + IpAddress.format(session.sourceHigh(), session.sourceLow()) + " by " + rule.origin()
                            + "; accept it there, name it under management, or give --force"));
        }
        return problems;
    }

    /**
     * The same of bans of these networks, whether or not anything is dropped now. Of single hosts it says nothing: they may
     * well be connected because they try passwords.
     */
    static List<String> problems(LiveSettings settings, List<IpPrefix> banned) {
        List<String> problems = new ArrayList<>();
        for (FiveTuple session : sessions()) {
            boolean isProtected = settings.protect().stream()
                    .anyMatch(entry -> entry.prefix().contains(session.destinationHigh(), session.destinationLow()));
            for (IpPrefix prefix : banned) {
                if (isProtected
                        && prefix.contains(session.sourceHigh(), session.sourceLow())
                        && !prefix.equals(IpPrefix.host(session.sourceHigh(), session.sourceLow()))) {
                    problems.add(prefix + " would cut off the SSH session from "
                            + IpAddress.format(session.sourceHigh(), session.sourceLow())
                            + "; ban less, or give --force");
                }
            }
        }
        return problems.stream().distinct().toList();
    }

    private static Optional<Rule> refusing(LiveSettings settings, FiveTuple session) {
        for (ProtectedPrefix entry : settings.protect()) {
            if (entry.prefix().contains(session.destinationHigh(), session.destinationLow())
                    && entry.rules().isPresent()) {
                // Groups and the network ACL: each must accept.
                return entry.rules().get().sets(Direction.INGRESS).stream()
                        .map(rules -> rules.rules().get(rules.decide(session)))
                        .filter(rule -> rule.policy() == Policy.DROP)
                        .findFirst();
            }
        }
        return Optional.empty();
    }

    /** Established connections to this host's ports for SSH, as the other side began them. */
    private static List<FiveTuple> sessions() {
        List<FiveTuple> sessions = new ArrayList<>();
        Set<Integer> ports = SshPorts.ofThisHost();
        // The ends of an address and port in a table.
        List<String> ends = ports.stream().map(":%04X "::formatted).toList();
        for (Path table : TABLES) {
            // A busy host has a hundred thousand lines.
            try (Stream<String> lines = Files.lines(table)) {
                lines.filter(line -> ends.stream().anyMatch(line::contains))
                        .forEach(line -> session(line, ports).ifPresent(sessions::add));
            } catch (IOException | UncheckedIOException none) {
                // No IPv6 here, or no /proc.
            }
        }
        return sessions;
    }

    /** A line of /proc/net/tcp: addresses in hexadecimal, each 32 bits in the host's order. */
    static Optional<FiveTuple> session(String line, Set<Integer> ports) {
        String[] fields = line.strip().split("\\s+", STATE + 2);
        if (fields.length <= STATE || !fields[STATE].equals(ESTABLISHED) || !ports.contains(port(fields[LOCAL]))) {
            return Optional.empty();
        }
        long[] remote = address(fields[REMOTE]);
        long[] local = address(fields[LOCAL]);
        return Optional.of(new FiveTuple(
                remote[0], remote[1], local[0], local[1], port(fields[REMOTE]), port(fields[LOCAL]), IpProtocol.TCP));
    }

    private static int port(String field) {
        return Integer.parseInt(field.substring(field.indexOf(':') + 1), 16);
    }

    private static long[] address(String field) {
        String digits = field.substring(0, field.indexOf(':'));
        if (digits.length() == Integer.BYTES * 2) {
            return new long[] {0, IpAddress.mapped(word(digits, 0))};
        }
        return new long[] {
            (long) word(digits, 0) << Integer.SIZE | word(digits, 1) & 0xffff_ffffL,
            (long) word(digits, 2) << Integer.SIZE | word(digits, 3) & 0xffff_ffffL
        };
    }

    private static int word(String digits, int place) {
        return Integer.reverseBytes(Integer.parseUnsignedInt(digits, 8 * place, 8 * place + 8, 16));
    }
}
