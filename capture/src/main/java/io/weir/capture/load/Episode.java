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
        /** One address that tries port after port, with bare SYNs (nmap -sS). */
        PORT_SCAN,
        /** Likewise, as an ordinary client (nmap -sT). */
        CONNECT_SCAN,
        /** Likewise, with datagrams (nmap -sU). */
        UDP_SCAN,
        /** Likewise, with flags that nobody sends (nmap -sX). */
        XMAS_SCAN,
        /** One address that tries password after password. */
        BRUTE_FORCE;

        /** Whether it tries ports. */
        public boolean isScan() {
            return this == PORT_SCAN || this == CONNECT_SCAN || this == UDP_SCAN || this == XMAS_SCAN;
        }
    }

    void addFaults(String profile, String path, long trafficNanos, List<Fault> faults) {
        if (startNanos < 0 || startNanos >= trafficNanos || durationNanos < 0) {
            String problem = "must begin before the end of the traffic";
            faults.add(new Fault(profile, 0, path + ".start", LoadProfile.seconds(startNanos), problem));
        }
        LoadProfile.checkRange(profile, path + ".rate", perSecond, 0.001, MOST, faults);
    }
}
