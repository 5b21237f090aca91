package io.weir.capture.load;

/**
 * Bots whose connections never come to an end, as slowhttptest makes them: each arrival opens one. Headers or a body that
 * grow by a few bytes every ten seconds, or an answer of which nothing is taken once the small buffer is full.
 */
final class SlowFlood implements Arrivals.Handler, TcpConversation.Owner {
    private static final int MAXIMUM_CONNECTIONS = 65_536;
    private static final int HTTP_PORT = 80;
    /** slowhttptest's interval between follow-ups, and between reads. */
    private static final long FOLLOW_UP_NANOS = 10_000_000_000L;

    /** How often the server asks whether there is room again, in the mean: it doubles its wait (RFC 9293 section 3.8.6.1). */
    private static final long PROBE_NANOS = 1_500_000_000L;
    /** What a slow reader offers: Linux' least for a socket that asks for up to 512 bytes (slowhttptest's -w and -y). */
    private static final int SMALL_WINDOW = 1_152;

    private final EventQueue queue;
    private final LoadRandom random;
    private final FloodVector vector;
    private final Client[] bots;
    private final Host target;
    private final int label;
    private final Pool<TcpConversation> conversations;
    private int turn;

    SlowFlood(EventQueue queue, LoadRandom random, FloodVector vector, Client[] bots, Host target, int label) {
        this.queue = queue;
        this.random = random;
        this.vector = vector;
        this.bots = bots;
        this.target = target;
        this.label = label;
        conversations = new Pool<>(MAXIMUM_CONNECTIONS, () -> new TcpConversation(this, target, bots[0]));
    }

    @Override
    public void arrive(long now, Tap tap) {
        TcpConversation fresh = conversations.take();
        if (fresh != null) {
            turn = (turn + 1) % bots.length;
            fresh.begin(bots[turn], target, HTTP_PORT, 0, label, random);
            if (vector == FloodVector.SLOW_READ) {
                fresh.offer(SMALL_WINDOW);
            }
            queue.plan(now, fresh);
        }
    }

    @Override
    public long next(TcpConversation conversation, long now) {
        boolean isFirst = conversation.turns() == 0;
        switch (vector) {
            case SLOW_READ -> {
                if (isFirst) {
                    conversation.ask(Payloads.REQUESTS.getFirst(), 0);
                    return TcpConversation.SERVER_NANOS;
                }
                boolean isFull = conversation.turns() > 1;
                conversation.answer(isFull ? Response.EMPTY : Payloads.TALK.bufferful);
                conversation.fill();
                return isFull ? PROBE_NANOS : TcpConversation.SERVER_NANOS;
            }
            case SLOW_POST ->
                conversation.say(false, isFirst ? Payloads.TALK.openBody : Payloads.TALK.oneMoreByte, isFirst);
            default ->
                conversation.say(false, isFirst ? Payloads.TALK.openHeaders : Payloads.TALK.oneMoreHeader, isFirst);
        }
        return isFirst ? TcpConversation.SERVER_NANOS : FOLLOW_UP_NANOS;
    }

    @Override
    public void ended(TcpConversation conversation) {
        conversations.giveBack(conversation);
    }

    /** Connections that weren't opened because too many were open. */
    long refused() {
        return conversations.refused();
    }
}
