package io.weir.capture.load;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bots that open real connections and send GETs over them, one after another. Each arrival is a request: it takes a
 * connection that waits, or opens one more and is sent as soon as that is open.
 */
final class HttpFlood implements Arrivals.Handler, TcpConversation.Owner {
    private static final int REQUESTS_PER_CONNECTION = 100;
    private static final long SERVICE_NANOS = 1_000_000;
    /** More than {@link Flood#MAXIMUM_REQUESTS_PER_SECOND} keeps busy over the longest round trip. */
    private static final int MAXIMUM_CONNECTIONS = 65_536;

    private final EventQueue queue;
    private final LoadRandom random;
    private final Client[] bots;
    private final int label;
    private final Pool<TcpConversation> conversations;
    private final Deque<TcpConversation> waiting = new ArrayDeque<>();
    private int turn;

    HttpFlood(EventQueue queue, LoadRandom random, Client[] bots, Host target, int label) {
        this.queue = queue;
        this.random = random;
        this.bots = bots;
        this.label = label;
        conversations = new Pool<>(MAXIMUM_CONNECTIONS, () -> new TcpConversation(this, target, bots[0]));
    }

    @Override
    public void arrive(long now, Tap tap) {
        TcpConversation open = waiting.pollFirst();
        if (open != null) {
            request(open);
            queue.plan(now, open);
            return;
        }
        TcpConversation fresh = conversations.take();
        if (fresh != null) {
            turn = (turn + 1) % bots.length;
            fresh.begin(bots[turn], 80, REQUESTS_PER_CONNECTION, label, random);
            queue.plan(now, fresh);
        }
    }

    @Override
    public long next(TcpConversation conversation) {
        if (conversation.exchanges() == 0) {
            request(conversation);
            return TcpConversation.SERVER_NANOS;
        }
        if (conversation.exchanges() == conversation.exchangesPlanned()) {
            return TcpConversation.CLOSE;
        }
        waiting.addLast(conversation);
        return TcpConversation.WAIT;
    }

    @Override
    public void ended(TcpConversation conversation) {
        conversations.giveBack(conversation);
    }

    /** Requests that weren't sent because too many connections were busy. */
    long refused() {
        return conversations.refused();
    }

    private void request(TcpConversation conversation) {
        conversation.exchange(Payloads.FLOOD_REQUEST, random.nextLong(), Payloads.FLOOD_RESPONSE, SERVICE_NANOS);
    }
}
