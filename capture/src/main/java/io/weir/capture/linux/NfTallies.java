package io.weir.capture.linux;

import io.weir.capture.linux.XdpShield.Tally;
import java.util.HashMap;
import java.util.Map;

/** Counters of a table that go on where they stood when another program takes the table out and it is made again. */
final class NfTallies {
    private static final Tally NONE = new Tally(0, 0);

    private final NetlinkSocket socket;
    private final NfBatch batch;
    private final String table;

    /** What counters of tables before this one came to, and where each was last seen since. */
    private final Map<String, Tally> before = new HashMap<>();

    private final Map<String, Tally> last = new HashMap<>();

    NfTallies(NetlinkSocket socket, NfBatch batch, String table) {
        this.socket = socket;
        this.batch = batch;
        this.table = table;
    }

    /** @param isThere whether the table has such a counter */
    Tally of(String counter, boolean isThere) throws KernelException {
        if (!isThere) {
            return before.getOrDefault(counter, NONE);
        }
        Tally now = socket.tally(batch.question(counter), "can't read counter " + counter + " of table " + table);
        last.put(counter, now);
        return sum(before.getOrDefault(counter, NONE), now);
    }

    /** All counters begin anew: what one came to after it was last seen is lost. */
    void beginAnew() {
        last.forEach((counter, tally) -> before.merge(counter, tally, NfTallies::sum));
        last.clear();
    }

    private static Tally sum(Tally one, Tally other) {
        return new Tally(one.packets() + other.packets(), one.bytes() + other.bytes());
    }
}
