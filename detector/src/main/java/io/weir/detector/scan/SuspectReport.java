package io.weir.detector.scan;

/**
 * A scan or an attempt to guess passwords, as it stands at one moment.
 *
 * @param id made of what it names: suspicion, source, target, start
 * @param isEnded whether it is over, or the input is
 * @param method {@code syn}, {@code fin}, {@code null}, {@code xmas}, {@code ack}, {@code udp} or {@code arp}; of brute force the
 *     service: {@code ssh}, {@code http}…
 * @param source address
 * @param target an address, or a network in CIDR notation
 * @param isNetwork which of the two
 * @param port that it goes to, 0 for many
 * @param distinct ports, hosts or attempts, estimated within 5 %
 * @param timeNanos of this report
 * @param startNanos of its first packet
 * @param lastNanos of its last so far
 */
public record SuspectReport(
        String id,
        Suspicion suspicion,
        boolean isEnded,
        String method,
        int protocol,
        String source,
        String target,
        boolean isNetwork,
        int port,
        long distinct,
        long timeNanos,
        long startNanos,
        long lastNanos) {}
