package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;

/** Connections that carry as much as the line allows until their time is over: a backup up, a speed test both ways. */
final class Transfers implements Arrivals.Handler, TcpConversation.Owner {
    private static final int PORT = 443;
    /** Segments in flight: at a round trip of ten milliseconds about 300 Mbit/s. */
    private static final int BURST = 256;

    private static final int MOST = 64;

    private final LoadScene scene;
    private final LoadRandom random;
    private final Client client;
    private final boolean isBothWays;
    private final long endNanos;
    private final Pool<TcpConversation> conversations;

    Transfers(LoadScene scene, LoadRandom random, Client client, boolean isBothWays, long endNanos) {
        this.scene = scene;
        this.random = random;
        this.client = client;
        this.isBothWays = isBothWays;
        this.endNanos = endNanos;
        conversations = new Pool<>(MOST, () -> new TcpConversation(this, scene.target(), client));
    }

    @Override
    public void arrive(long now, Tap tap) {
        TcpConversation conversation = conversations.take();
        if (conversation != null) {
            int label = Label.legitimate(Activity.TRANSFER, client.number);
            conversation.begin(client, scene.target(), PORT, 0, label, random);
            conversation.widen(BURST);
            scene.queue().plan(now, conversation);
        }
    }

    @Override
    public long next(TcpConversation conversation, long now) {
        if (now >= endNanos) {
            return TcpConversation.CLOSE;
        }
        int turn = conversation.turns();
        if (turn < 2) {
            return WebTalk.turn(conversation, scene.pages(), random);
        }
        conversation.say(isBothWays && turn % 2 == 0, Payloads.TALK.bulk, false);
        // The burst goes on where the last one ended.
        conversation.continueBurst();
        return TcpConversation.SERVER_NANOS;
    }

    @Override
    public void ended(TcpConversation conversation) {
        conversations.giveBack(conversation);
    }
}
