package io.weir.capture.load;

/** Where the packets of a flood seem to come from: invented addresses, or those of bots. Holds the one drawn last. */
final class Attackers {
    private final AddressPool spoofed;
    private final Client[] bots;
    private final LoadRandom random;
    private long high;
    private long low;
    private int timeToLive;

    Attackers(Flood flood, AddressPlan plan, LoadRandom random) {
        this.spoofed = plan.spoofed();
        this.random = random;
        bots = Client.population(plan.bots(), flood.sources(), random);
    }

    /** Draws the source of the next packet. */
    void draw() {
        if (bots.length == 0) {
            long bits = random.nextLong();
            high = spoofed.high(bits);
            low = spoofed.low(bits);
            // The real senders are a few hosts of Linux, at different distances.
            timeToLive = 64 - 6 - (int) (bits >>> 48 & 0xf);
            return;
        }
        Client bot = bots[random.nextInt(bots.length)];
        high = bot.high;
        low = bot.low;
        timeToLive = bot.timeToLive;
    }

    Client[] bots() {
        return bots;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    int timeToLive() {
        return timeToLive;
    }
}
