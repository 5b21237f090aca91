package io.weir.capture.load;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bots that open real connections and send requests over them. Each arrival is a request: it takes a connection that
 * waits, or opens one more and is sent as soon as that is open. Where a vector has one request for each connection, or a
 * handshake alone, an arrival is a connection.
 */
final class HttpFlood implements Arrivals.Handler, TcpConversation.Owner {
    static final int REQUESTS_PER_CONNECTION = 100;
    private static final long SERVICE_NANOS = 1_000_000;
    /** More than {@link Flood#MAXIMUM_REQUESTS_PER_SECOND} keeps busy over the longest round trip. */
    private static final int MAXIMUM_CONNECTIONS = 65_536;

    private static final int HTTP_PORT = 80;
    private static final int TLS_PORT = 443;

    private final EventQueue queue;
    private final LoadRandom random;
    private final FloodVector vector;
    /** Whether its requests are those of browsers. */
    private final boolean isMimicked;

    private final Client[] bots;
    private final Host target;
    /** See {@link LegitimateLoad#pages}. */
    private final int pages;

    private final int label;
    private final int turnsPerConnection;
    private final Pool<TcpConversation> conversations;
    private final Deque<TcpConversation> waiting = new ArrayDeque<>();
    private int turn;

    HttpFlood(EventQueue queue, LoadRandom random, Flood flood, Client[] bots, Host target, int pages, int label) {
        this.queue = queue;
        this.random = random;
        this.vector = flood.vector();
        this.isMimicked = flood.tool() == FloodTool.MIMIC;
        this.bots = bots;
        this.target = target;
        this.pages = pages;
        this.label = label;
        boolean isOneEach =
                flood.vector() == FloodVector.HTTP_CONNECTIONS || flood.vector() == FloodVector.TLS_HANDSHAKE;
        turnsPerConnection = 2 * (isOneEach ? 1 : REQUESTS_PER_CONNECTION);
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
            int port = vector == FloodVector.TLS_HANDSHAKE ? TLS_PORT : HTTP_PORT;
            fresh.begin(bots[turn], target, port, turnsPerConnection, label, random);
            queue.plan(now, fresh);
        }
    }

    @Override
    public long next(TcpConversation conversation, long now) {
        if (conversation.turns() == 0) {
            request(conversation);
            return TcpConversation.SERVER_NANOS;
        }
        if (conversation.turns() % 2 == 1) {
            conversation.answer(answer());
            return SERVICE_NANOS;
        }
        if (conversation.turns() == turnsPerConnection) {
            return TcpConversation.CLOSE;
        }
        waiting.addLast(conversation);
        return TcpConversation.WAIT;
    }

    @Override
    public void ended(TcpConversation conversation) {
        conversations.giveBack(conversation);
    }

    private Response answer() {
        return switch (vector) {
            case TLS_HANDSHAKE -> Payloads.SERVER_HELLO;
            case RAPID_RESET -> Payloads.RESET_RESPONSE;
            default -> Payloads.FLOOD_RESPONSE;
        };
    }

    /** Requests that weren't sent because too many connections were busy. */
    long refused() {
        return conversations.refused();
    }

    private void request(TcpConversation conversation) {
        if (isMimicked && vector != FloodVector.TLS_HANDSHAKE) {
            WebTalk.askForPage(conversation, pages, random);
            return;
        }
        Template asked = switch (vector) {
            case HTTP_POST -> Payloads.FLOOD_POST;
            case RAPID_RESET -> Payloads.RESETS.get(conversation.turns() / 2);
            case TLS_HANDSHAKE ->
                isMimicked ? Payloads.clientHello(conversation.client().stack, random) : Payloads.TOOL_HELLO;
            default -> Payloads.FLOOD_REQUEST;
        };
        conversation.ask(asked, random.nextLong());
    }
}
