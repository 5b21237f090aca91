package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;

/** Browsers: each visit asks the resolver, then opens a connection and fetches one or several pages over it. */
final class WebUsers implements Arrivals.Handler, TcpConversation.Owner {
    private static final int MAXIMUM_VISITS = 65_536;
    private static final int MOST_REQUESTS = 6;
    private static final long THINK_NANOS = 150_000_000;
    private static final long AT_ONCE_NANOS = 400_000;
    private static final long SHORTEST_SERVICE_NANOS = 300_000;
    private static final long SERVICE_NANOS = 4_000_000;
    private static final long RESOLVER_NANOS = 3_000_000;

    private final EventQueue queue;
    private final LoadRandom random;
    private final Client[] clients;
    private final double tlsShare;
    private final int recordType;
    private final Pool<TcpConversation> conversations;
    private final Pool<DnsExchange> lookups;

    WebUsers(EventQueue queue, LoadRandom random, Client[] clients, double tlsShare, Host target, Host resolver) {
        this.queue = queue;
        this.random = random;
        this.clients = clients;
        this.tlsShare = tlsShare;
        recordType = DnsMessages.addressType(target);
        conversations = new Pool<>(MAXIMUM_VISITS, () -> new TcpConversation(this, target, clients[0]));
        lookups = new Pool<>(MAXIMUM_VISITS, () -> new DnsExchange(resolver, target, clients[0], this::resolved));
    }

    @Override
    public void arrive(long now, Tap tap) {
        Client client = clients[random.nextInt(clients.length)];
        DnsExchange lookup = lookups.take();
        if (lookup != null) {
            int label = Label.legitimate(Activity.RESOLVE, client.number);
            long wait = SHORTEST_SERVICE_NANOS + random.waitNanos(RESOLVER_NANOS);
            lookup.begin(client, random.nextLong(), DnsMessages.WEB_NAME, recordType, true, wait, label);
            queue.plan(now, lookup);
        }
    }

    private void resolved(DnsExchange lookup, long now) {
        Client client = lookup.client();
        lookups.giveBack(lookup);
        TcpConversation conversation = conversations.take();
        if (conversation == null) {
            return;
        }
        boolean tls = random.chance(tlsShare);
        int label = Label.legitimate(tls ? Activity.TLS : Activity.WEB, client.number);
        int exchanges = 1 + random.nextInt(MOST_REQUESTS) + (tls ? 1 : 0);
        conversation.begin(client, tls ? 443 : 80, exchanges, label, random);
        queue.plan(now + client.roundTripNanos, conversation);
    }

    @Override
    public long next(TcpConversation conversation) {
        if (conversation.exchanges() == conversation.exchangesPlanned()) {
            return TcpConversation.CLOSE;
        }
        if (conversation.isTls()) {
            return nextTls(conversation);
        }
        Template request = Payloads.REQUESTS.get(random.nextInt(Payloads.REQUESTS.size()));
        conversation.exchange(request, 0, Payloads.RESPONSES.get(anyPage()), service());
        return pause(conversation.exchanges() == 1);
    }

    /** RFC 8446 section 2: the hellos, then the end of the handshake with the first request, then further requests. */
    private long nextTls(TcpConversation conversation) {
        int before = conversation.exchanges();
        if (before == 0) {
            conversation.exchange(Payloads.CLIENT_HELLO, random.nextLong(), Payloads.SERVER_HELLO, service());
            return pause(true);
        }
        Template request = before == 1
                ? Payloads.TLS_FIRST_REQUEST
                : Payloads.TLS_REQUESTS.get(random.nextInt(Payloads.TLS_REQUESTS.size()));
        conversation.exchange(request, random.nextLong(), Payloads.TLS_RESPONSES.get(anyPage()), service());
        return pause(before == 1);
    }

    private long pause(boolean atOnce) {
        return atOnce ? AT_ONCE_NANOS : random.waitNanos(THINK_NANOS);
    }

    @Override
    public void ended(TcpConversation conversation) {
        conversations.giveBack(conversation);
    }

    /** Visits that couldn't begin because too many were under way. */
    long refused() {
        return lookups.refused() + conversations.refused();
    }

    /** Small pages are asked for more often than large ones. */
    private int anyPage() {
        int count = Payloads.RESPONSES.size();
        return random.nextInt(1 + random.nextInt(count));
    }

    private long service() {
        return SHORTEST_SERVICE_NANOS + random.waitNanos(SERVICE_NANOS);
    }
}
