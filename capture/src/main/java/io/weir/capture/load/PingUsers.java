package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;
import io.weir.filter.address.IpAddress;

/** People and monitors that ping the target. */
final class PingUsers implements Arrivals.Handler {
    private static final long REPLY_NANOS = 40_000;
    private static final int MAXIMUM_PINGS = 65_536;

    private final EventQueue queue;
    private final LoadRandom random;
    private final Client[] clients;
    private final Host target;
    private final boolean ipv4;
    private final Pool<Reply> replies = new Pool<>(MAXIMUM_PINGS, Reply::new);

    PingUsers(EventQueue queue, LoadRandom random, Client[] clients, Host target) {
        this.queue = queue;
        this.random = random;
        this.clients = clients;
        this.target = target;
        ipv4 = IpAddress.isIpv4(target.high(), target.low());
    }

    @Override
    public void arrive(long now, Tap tap) {
        Client client = clients[random.nextInt(clients.length)];
        Reply reply = replies.take();
        if (reply == null) {
            return;
        }
        reply.client = client;
        reply.sequence = client.nextPing();
        reply.askedNanos = now;
        boolean isUnbroken = client.stack != ClientStack.WINDOWS && client.stack != ClientStack.APPLE;
        tap.toServer(target, client.high, client.low, client.timeToLive, client.nextIdentification(), isUnbroken);
        tap.scratchPayload(Pings.payload(tap.scratch, client.stack, now));
        tap.echo(ipv4, false, identifier(client), reply.sequence, Label.request(label(client)));
        queue.plan(now + REPLY_NANOS, reply);
    }

    /** Pings that weren't sent because too many waited for their reply. */
    long refused() {
        return replies.refused();
    }

    private static int identifier(Client client) {
        return Pings.identifier(client.stack, client.clockOffset);
    }

    private static int label(Client client) {
        return Label.legitimate(Activity.PING, client.number);
    }

    private final class Reply implements Actor {
        private Client client = clients[0];
        private int sequence;
        private long askedNanos;

        @Override
        public long act(long now, Tap tap) {
            tap.fromServer(target, client.high, client.low, sequence, false);
            tap.scratchPayload(Pings.payload(tap.scratch, client.stack, askedNanos));
            tap.echo(ipv4, true, identifier(client), sequence, Label.answerTo(label(client)));
            replies.giveBack(this);
            return NEVER;
        }
    }
}
