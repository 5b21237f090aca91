package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;

/** Resolvers of others that ask the target's own DNS server, mostly for names that exist. */
final class DnsUsers implements Arrivals.Handler {
    private static final int MAXIMUM_QUESTIONS = 65_536;
    private static final double MISTYPED = 0.03;
    /** Of the questions, so many are lost on the way back and asked again. */
    private static final double LOST = 0.005;

    private static final long RETRY_NANOS = 800_000_000; // BIND's resquery timeout (lib/dns/resolver.c)
    private static final long SERVICE_NANOS = 120_000;

    private final EventQueue queue;
    private final LoadRandom random;
    private final Population population;
    private final int recordType;
    private final boolean isLossy;
    private final Pool<DnsExchange> exchanges;

    DnsUsers(EventQueue queue, LoadRandom random, Population population, Host target, boolean isLossy) {
        this.queue = queue;
        this.random = random;
        this.population = population;
        this.isLossy = isLossy;
        recordType = DnsMessages.addressType(target);
        Client anybody = population.anybody();
        exchanges = new Pool<>(
                MAXIMUM_QUESTIONS,
                () -> new DnsExchange(target, target, anybody, (exchange, now) -> giveBack(exchange)));
    }

    @Override
    public void arrive(long now, Tap tap) {
        Client client = population.next(random);
        DnsExchange exchange = exchanges.take();
        if (exchange != null) {
            long name = random.chance(MISTYPED) ? DnsMessages.randomName(random) : DnsMessages.existingName(random);
            int label = Label.legitimate(Activity.DNS, client.number);
            exchange.begin(client, random.nextLong(), name, recordType, false, SERVICE_NANOS, label);
            if (isLossy && random.chance(LOST)) {
                exchange.askTwice(RETRY_NANOS);
            }
            queue.plan(now, exchange);
        }
    }

    /** Questions that couldn't be asked because too many were open. */
    long refused() {
        return exchanges.refused();
    }

    private void giveBack(DnsExchange exchange) {
        exchanges.giveBack(exchange);
    }
}
