package io.weir.capture.linux;

/** A TCP connection as the packets of its client name it: addresses of IPv4 mapped, ports. */
public record ShieldConnection(
        long sourceHigh,
        long sourceLow,
        int sourcePort,
        long destinationHigh,
        long destinationLow,
        int destinationPort) {}
