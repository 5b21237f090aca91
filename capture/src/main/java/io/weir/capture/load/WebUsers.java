package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;

/** Browsers: each visit asks the resolver, then opens a connection and fetches one or several pages over it. */
final class WebUsers implements Arrivals.Handler, TcpConversation.Owner {
    private static final int MAXIMUM_VISITS = 65_536;
    private static final int MOST_REQUESTS = 6;
    private static final long THINK_NANOS = 150_000_000;
    private static final long AT_ONCE_NANOS = 400_000;
    private static final long RESOLVER_NANOS = 3_000_000;

    private final LoadScene scene;
    private final LoadRandom random;
    private final Population population;
    private final double tlsShare;
    /** While one is under way, so many SYNs go unanswered. */
    private final Overload overload;

    private final int recordType;
    private final Pool<TcpConversation> conversations;
    private final Pool<DnsExchange> lookups;

    WebUsers(LoadScene scene, LoadRandom random, Population population, double tlsShare, Overload overload) {
        this.scene = scene;
        this.random = random;
        this.population = population;
        this.tlsShare = tlsShare;
        this.overload = overload;
        Host target = scene.target();
        Client anybody = population.anybody();
        recordType = DnsMessages.addressType(target);
        conversations = new Pool<>(MAXIMUM_VISITS, () -> new TcpConversation(this, target, anybody));
        lookups = new Pool<>(MAXIMUM_VISITS, () -> new DnsExchange(scene.resolver(), target, anybody, this::resolved));
    }

    @Override
    public void arrive(long now, Tap tap) {
        Client client = population.next(random);
        DnsExchange lookup = lookups.take();
        if (lookup != null) {
            int label = Label.legitimate(Activity.RESOLVE, client.number);
            long wait = WebTalk.SHORTEST_SERVICE_NANOS + random.waitNanos(RESOLVER_NANOS);
            lookup.begin(client, random.nextLong(), DnsMessages.WEB_NAME, recordType, true, wait, label);
            scene.queue().plan(now, lookup);
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
        Host host = scene.anyHost(random);
        conversation.begin(client, host, tls ? 443 : 80, 2 * exchanges, label, random);
        conversation.leaveUnanswered(overload.unanswered(now, random));
        scene.queue().plan(now + client.roundTripNanos, conversation);
    }

    @Override
    public long next(TcpConversation conversation, long now) {
        if (conversation.turns() == conversation.turnsPlanned()) {
            return TcpConversation.CLOSE;
        }
        boolean isFirst = conversation.turns() == (conversation.isTls() ? 2 : 0);
        long service = WebTalk.turn(conversation, scene.pages(), random);
        if (conversation.turns() % 2 == 0) {
            return service;
        }
        return isFirst || conversation.turns() == 1 ? AT_ONCE_NANOS : random.waitNanos(THINK_NANOS);
    }

    @Override
    public void ended(TcpConversation conversation) {
        conversations.giveBack(conversation);
    }

    /** Visits that couldn't begin because too many were under way. */
    long refused() {
        return lookups.refused() + conversations.refused();
    }
}
