package io.weir.detector.daemon;

import io.weir.detector.api.Ban;
import io.weir.detector.api.BanRequest;
import io.weir.detector.api.Refusal;
import io.weir.detector.event.Event;
import io.weir.detector.event.Event.BanState;
import io.weir.detector.event.EventListener;
import io.weir.detector.scrub.BanTable;
import io.weir.filter.address.IpPrefix;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Who is banned until when. Any thread; each change makes a new table, which the thread that judges takes with its next
 * batch. By wall-clock time: a ban lasts as long when no packet comes.
 */
final class BanBook {
    /** More are refused. */
    static final int MOST = 65_536;

    private static final String HEADER = "# weir bans: prefix, until (ns since the epoch, - for ever), since, reason";
    private static final String FOREVER = "-";
    private static final int FIELDS = 4;

    private final Consumer<BanTable> publisher;
    private final EventListener events;
    /** By the prefix's text. */
    private final Map<String, Ban> bans = new TreeMap<>();

    /** When the next one ends. */
    private long nextEndNanos = Long.MAX_VALUE;

    BanBook(Consumer<BanTable> publisher, EventListener events) {
        this.publisher = publisher;
        this.events = events;
    }

    synchronized List<Ban> list() {
        return List.copyOf(bans.values());
    }

    /** As the thread that judges has it. */
    synchronized BanTable table() {
        return BanTable.of(bans.values().stream().map(Ban::prefix).toList());
    }

    synchronized int size() {
        return bans.size();
    }

    /**
     * All or none.
     *
     * @param spared prefixes that must not be banned: whoever bans management is locked out
     */
    synchronized List<Ban> add(List<BanRequest> requests, List<IpPrefix> spared, boolean isDryRun, long nowNanos)
            throws Refusal {
        List<String> problems = new ArrayList<>();
        List<Ban> added = new ArrayList<>();
        for (BanRequest request : requests) {
            for (IpPrefix one : spared) {
                if (one.contains(request.prefix()) || request.prefix().contains(one)) {
                    problems.add(request.prefix() + " overlaps the management prefix " + one
                            + ", which must not be locked out");
                }
            }
            long until = request.lengthNanos() == Long.MAX_VALUE ? Long.MAX_VALUE : nowNanos + request.lengthNanos();
            added.add(new Ban(request.prefix(), nowNanos, until, request.reason()));
        }
        long fresh = added.stream()
                .map(ban -> ban.prefix().toString())
                .distinct()
                .filter(prefix -> !bans.containsKey(prefix))
                .count();
        if (bans.size() + fresh > MOST) {
            problems.add("there is room for " + MOST + " bans and " + bans.size()
                    + " are in force; ban prefixes, or lift some");
        }
        if (!problems.isEmpty()) {
            throw new Refusal(Refusal.Kind.CONFLICT, problems);
        }
        if (!isDryRun) {
            added.forEach(ban -> bans.put(ban.prefix().toString(), ban));
            publish();
            added.forEach(ban -> tell(ban, BanState.ADDED, nowNanos));
        }
        return added;
    }

    synchronized void remove(IpPrefix prefix, long nowNanos) throws Refusal {
        Ban lifted = bans.remove(prefix.toString());
        if (lifted == null) {
            throw new Refusal(
                    Refusal.Kind.MISSING, prefix + " isn't banned; a ban is lifted by the prefix it was made for");
        }
        publish();
        tell(lifted, BanState.LIFTED, nowNanos);
    }

    /** Ends what is over: about once a second. */
    synchronized void expire(long nowNanos) {
        if (nowNanos < nextEndNanos) {
            return;
        }
        List<Ban> over = bans.values().stream()
                .filter(ban -> ban.untilNanos() <= nowNanos)
                .toList();
        over.forEach(ban -> bans.remove(ban.prefix().toString()));
        publish();
        over.forEach(ban -> tell(ban, BanState.EXPIRED, nowNanos));
    }

    private void publish() {
        nextEndNanos = bans.values().stream().mapToLong(Ban::untilNanos).min().orElse(Long.MAX_VALUE);
        publisher.accept(BanTable.of(bans.values().stream().map(Ban::prefix).toList()));
    }

    private void tell(Ban ban, BanState state, long nowNanos) {
        events.accept(new Event.Banned(nowNanos, state, ban.prefix(), ban.untilNanos(), ban.reason()));
    }

    synchronized void write(Writer out) throws IOException {
        out.write(HEADER + "\n");
        for (Ban ban : bans.values()) {
            out.write(ban.prefix() + "\t" + (ban.isForever() ? FOREVER : ban.untilNanos()) + "\t" + ban.sinceNanos()
                    + "\t" + ban.reason() + "\n");
        }
    }

    /**
     * Takes in what was written, less what is over.
     *
     * @return lines that are no bans, at most ten
     */
    synchronized List<String> read(BufferedReader in, long nowNanos) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            Ban ban = ban(line);
            if (ban == null) {
                if (wrong.size() < 10) {
                    wrong.add(line);
                }
            } else if (ban.untilNanos() > nowNanos && bans.size() < MOST) {
                bans.put(ban.prefix().toString(), ban);
            }
        }
        publish();
        return wrong;
    }

    private static @org.jspecify.annotations.Nullable Ban ban(String line) {
        String[] fields = line.split("\t", FIELDS);
        if (fields.length < FIELDS || !(IpPrefix.parse(fields[0]) instanceof IpPrefix.Parsed.Valid valid)) {
            return null;
        }
        try {
            long until = fields[1].equals(FOREVER) ? Long.MAX_VALUE : Long.parseLong(fields[1]);
            return new Ban(valid.prefix(), Long.parseLong(fields[2]), until, fields[3]);
        } catch (NumberFormatException notOurs) {
            return null;
        }
    }
}
