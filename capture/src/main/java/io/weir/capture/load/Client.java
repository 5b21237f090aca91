package io.weir.capture.load;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A real host outside: it has an address, a distance, a stack, and remembers what it used last. */
final class Client {
    /** Odd, so that every port is used before one is used again. */
    private static final int PORT_STEP = 4_099;

    private static final int FIRST_SHARED_PORT = 1_024;
    private static final int SHARED_PORTS = 32_768 - FIRST_SHARED_PORT;

    private static final long SHORTEST_ROUND_TRIP_NANOS = 10_000_000;
    private static final double ROUND_TRIP_SPREAD_NANOS = 70_000_000;

    final int number;
    final long high;
    final long low;
    final ClientStack stack;
    /** What is left of the TTL at the tap. */
    final int timeToLive;
    /** From the tap to the client and back. */
    final long roundTripNanos;

    final int clockOffset;
    /** Whose address it has; itself, unless it stands behind another. */
    private final Client gate;

    private int port;
    private int sharedPort;
    private int identification;
    private int pings;

    private Client(int number, long high, long low, LoadRandom random) {
        this(number, high, low, ClientStack.any(random), null, random);
    }

    private Client(int number, long high, long low, ClientStack stack, @Nullable Client gate, LoadRandom random) {
        this.gate = gate == null ? this : gate;
        this.number = number;
        this.high = high;
        this.low = low;
        this.stack = stack;
        timeToLive = stack.timeToLive - random.between(6, 20);
        // More near ones than far ones.
        double far = random.nextDouble();
        roundTripNanos = SHORTEST_ROUND_TRIP_NANOS + (long) (ROUND_TRIP_SPREAD_NANOS * far * far);
        clockOffset = (int) random.nextLong();
        port = random.nextInt(0x4000);
        identification = random.nextInt(65_536);
    }

    /** Different hosts out of a pool at least twice as large. */
    static Client[] population(AddressPool pool, int count, LoadRandom random) {
        return population(pool, count, 0, false, random);
    }

    /**
     * Different hosts out of a pool at least twice as large.
     *
     * @param firstNumber of the first one; the others count on
     * @param isClustered whether they live in few networks
     */
    static Client[] population(AddressPool pool, int count, int firstNumber, boolean isClustered, LoadRandom random) {
        Set<Long> taken = new HashSet<>();
        Client[] clients = new Client[count];
        for (int i = 0; i < count; i++) {
            long bits = draw(pool, isClustered, random);
            while (!taken.add(pool.low(bits))) {
                bits = draw(pool, isClustered, random);
            }
            clients[i] = new Client(firstNumber + i, pool.high(bits), pool.low(bits), random);
        }
        return clients;
    }

    private static long draw(AddressPool pool, boolean isClustered, LoadRandom random) {
        long bits = random.nextLong();
        return isClustered ? pool.clustered(bits) : bits;
    }

    /** Servers outside, all of Linux. */
    static Client[] servers(AddressPool pool, int count, int firstNumber, LoadRandom random) {
        Client[] servers = new Client[count];
        for (int i = 0; i < count; i++) {
            long bits = random.nextLong();
            servers[i] = new Client(firstNumber + i, pool.high(bits), pool.low(bits), ClientStack.LINUX, null, random);
        }
        return servers;
    }

    /** Another machine behind the same address. */
    Client neighbour(int otherNumber, LoadRandom random) {
        return new Client(otherNumber, high, low, ClientStack.any(random), this, random);
    }

    int nextPort() {
        if (gate != this) {
            return gate.nextSharedPort();
        }
        // Windows and Apple's stacks count, Linux scatters (RFC 6056).
        boolean isCounting = stack == ClientStack.WINDOWS || stack == ClientStack.APPLE;
        port += isCounting ? 1 : PORT_STEP;
        return stack.port(port);
    }

    /** A port of its address for somebody behind it: from those that it doesn't use itself. */
    private int nextSharedPort() {
        sharedPort = (sharedPort + PORT_STEP) % SHARED_PORTS;
        return FIRST_SHARED_PORT + sharedPort;
    }

    /** The next IPv4 identification: a counter of the host, which Apple's stack leaves at 0 where DF is set (RFC 6864). */
    int nextIdentification() {
        identification = identification + 1 & 0xffff;
        return stack == ClientStack.APPLE ? 0 : identification;
    }

    int nextPing() {
        return pings++ & 0xffff;
    }

    /** Its millisecond clock for TCP timestamps (RFC 7323 section 5.4). */
    int clock(long nowNanos) {
        return clockOffset + (int) (nowNanos / 1_000_000);
    }
}
