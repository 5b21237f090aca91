package io.weir.detector.api;

import io.weir.detector.event.EventListener;
import io.weir.detector.flood.FloodReport;
import io.weir.detector.scan.SuspectReport;
import io.weir.detector.scrub.KnownSource;
import io.weir.filter.address.IpPrefix;
import io.weir.filter.match.RuleHits;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a running daemon tells and takes. Any thread; each call may wait for the thread that judges to finish its batch,
 * two seconds at most, and is refused as busy after that. What it answers is a copy.
 */
public interface Control {
    DaemonStatus status() throws Refusal;

    /** The last quarter of an hour, second by second, the oldest first. */
    List<DaemonStatus.Rate> rates() throws Refusal;

    /** Floods on and past, the oldest first: the newest 1,000. */
    List<FloodReport> floods() throws Refusal;

    /** Scans and brute force, likewise. */
    List<SuspectReport> suspects() throws Refusal;

    /** Rules in use, in the order in which they decide. */
    List<RuleHits> rules() throws Refusal;

    List<TargetThresholds> thresholds() throws Refusal;

    /**
     * Sources that are known.
     *
     * @param from 0, or {@link SourcePage#next} of the page before
     * @param minimumScore 0 to 1,000
     * @param limit sources of a page at the most
     */
    SourcePage sources(int from, int minimumScore, int limit) throws Refusal;

    /** Connections that are remembered. */
    ConnectionPage connections(ConnectionRequest request) throws Refusal;

    /** What is known of one source. */
    KnownSource source(long high, long low) throws Refusal;

    /** By prefix. */
    List<Ban> bans();

    /**
     * Bans all of these or, where one can't be, none.
     *
     * @param isDryRun whether it is only asked whether they could be
     * @param isForced whether networks that somebody is connected to port 22 from may be banned
     */
    List<Ban> ban(List<BanRequest> requests, boolean isDryRun, boolean isForced) throws Refusal;

    /** Lifts the ban of exactly this prefix. */
    void unban(IpPrefix prefix) throws Refusal;

    /** Stops dropping and counts what would have been dropped, or begins again. */
    void observe(boolean isOn) throws Refusal;

    /**
     * Reads the configuration again and judges by it, or by what was before where anything in it is wrong.
     *
     * @return what there is to say of it, empty for nothing
     */
    List<String> reload(ReloadRequest request) throws Refusal;

    /**
     * Sets other thresholds for one protected prefix, until the configuration is read again.
     *
     * @return what there is to say of it
     */
    List<String> limit(ThresholdRequest request) throws Refusal;

    /** What these thresholds would have done to the packets that are remembered; empty where none are. */
    Optional<ThresholdPreview> preview(ThresholdRequest request) throws Refusal;

    /** What a ban of a prefix would have dropped of the packets that are remembered. */
    BanPreview preview(IpPrefix prefix) throws Refusal;

    /**
     * Has it told as an event who changed what.
     *
     * @param who a name for people
     * @param detail one line, may be empty
     * @param isDone whether it wasn't refused
     */
    void audit(String who, String action, String detail, boolean isDone);

    /** Keeps a configuration that would be rolled back. */
    void confirm() throws Refusal;

    /** The configuration as it holds, each value with where it comes from. */
    List<ConfigValue> config();

    /** Files with the packets around floods, the oldest first. */
    List<Capture> captures() throws Refusal;

    /** Where such a file stands. */
    Path capture(String name) throws Refusal;

    /** Tells a listener of every event from now on, on a thread of its own, until it is closed. */
    Subscription listen(EventListener listener);

    /**
     * One value as it holds.
     *
     * @param origin where it was said: {@code FILE:LINE}, {@code built in}, {@code command line} or {@code set while
     *     running}
     * @param source why a default is what it is, empty for others
     */
    record ConfigValue(String key, String value, String origin, String source) {}

    /** Ends by {@link #close}. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
