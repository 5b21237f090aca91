package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;

/** Resolvers of others that ask the target's own DNS server, mostly for names that exist. */
final class DnsUsers implements Arrivals.Handler {
    private static final int MAXIMUM_QUESTIONS = 65_536;
    private static final double MISTYPED = 0.03;
    private static final long SERVICE_NANOS = 120_000;

    private final EventQueue queue;
    private final LoadRandom random;
    private final Client[] clients;
    private final int recordType;
    private final Pool<DnsExchange> exchanges;

    DnsUsers(EventQueue queue, LoadRandom random, Client[] clients, Host target) {
        this.queue = queue;
        this.random = random;
        this.clients = clients;
        recordType = DnsMessages.addressType(target);
        exchanges = new Pool<>(
                MAXIMUM_QUESTIONS,
                () -> new DnsExchange(target, target, clients[0], (exchange, now) -> giveBack(exchange)));
    }

    @Override
    public void arrive(long now, Tap tap) {
        Client client = clients[random.nextInt(clients.length)];
        DnsExchange exchange = exchanges.take();
        if (exchange != null) {
            long name = random.chance(MISTYPED) ? DnsMessages.randomName(random) : DnsMessages.existingName(random);
            int label = Label.legitimate(Activity.DNS, client.number);
            exchange.begin(client, random.nextLong(), name, recordType, false, SERVICE_NANOS, label);
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
