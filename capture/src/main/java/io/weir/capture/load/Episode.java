package io.weir.capture.load;

import io.weir.filter.fault.Fault;
import java.util.List;

/**
 * Something that happens in peace now and then, and isn't a flood.
 *
 * @param startNanos from the start of the traffic
 * @param perSecond connections, requests, probes or attempts a second; of transfers, how many run at once
 */
public record Episode(Kind kind, long startNanos, long durationNanos, double perSecond) {
    private static final double MOST = 20_000;

    /** What happens. */
    public enum Kind {
        /** Very many new users at once, each with a whole visit. */
        FLASH_CROWD,
        /** One address that fetches page after page. */
        CRAWLER,
        /** Uploads as fast as the line allows. */
        BACKUP,
        /** Downloads and uploads as fast as the line allows. */
        SPEED_TEST,
        /** A thousand users behind one address. */
        SHARED_ADDRESS,
        /** One address that tries port after port. */
        PORT_SCAN,
        /** One address that tries password after password. */
        BRUTE_FORCE
    }

    void addFaults(String profile, String path, long trafficNanos, List<Fault> faults) {
        if (startNanos < 0 || startNanos >= trafficNanos || durationNanos < 0) {
            String problem = "must begin before the end of the traffic";
            faults.add(new Fault(profile, 0, path + ".start", LoadProfile.seconds(startNanos), problem));
        }
        LoadProfile.checkRange(profile, path + ".rate", perSecond, 0.001, MOST, faults);
    }
}
