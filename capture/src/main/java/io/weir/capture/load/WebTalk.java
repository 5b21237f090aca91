package io.weir.capture.load;

import java.util.List;

/** What browsers and servers say to each other over a connection, turn by turn. */
final class WebTalk {
    static final long SHORTEST_SERVICE_NANOS = 300_000;
    private static final long SERVICE_NANOS = 4_000_000;

    private WebTalk() {}

    /**
     * Says what comes next: a request at even turns, an answer at odd ones.
     *
     * @param pages see {@link LegitimateLoad#pages}
     * @return how long a server takes for an answer, in nanoseconds
     */
    static long turn(TcpConversation conversation, int pages, LoadRandom random) {
        int before = conversation.turns();
        if (conversation.isTls()) {
            secret(conversation, before, random);
        } else if (before % 2 == 0) {
            askForPage(conversation, pages, random);
        } else {
            conversation.answer(Payloads.RESPONSES.get(anyPage(random)));
        }
        return SHORTEST_SERVICE_NANOS + random.waitNanos(SERVICE_NANOS);
    }

    /** Asks for any page with any browser. */
    static void askForPage(TcpConversation conversation, int pages, LoadRandom random) {
        List<Template> requests = pages == 0 ? Payloads.REQUESTS : Payloads.PAGE_REQUESTS;
        conversation.ask(requests.get(random.nextInt(requests.size())), pages == 0 ? 0 : random.nextInt(pages));
    }

    /** RFC 8446 section 2: the hellos, then the end of the handshake with the first request, then further requests. */
    private static void secret(TcpConversation conversation, int before, LoadRandom random) {
        if (before == 0) {
            conversation.ask(Payloads.clientHello(conversation.client().stack, random), random.nextLong());
        } else if (before == 1) {
            conversation.answer(Payloads.SERVER_HELLO);
        } else if (before % 2 == 1) {
            conversation.answer(Payloads.TLS_RESPONSES.get(anyPage(random)));
        } else {
            Template request = before == 2
                    ? Payloads.TLS_FIRST_REQUEST
                    : Payloads.TLS_REQUESTS.get(random.nextInt(Payloads.TLS_REQUESTS.size()));
            conversation.ask(request, random.nextLong());
        }
    }

    /** Small pages are asked for more often than large ones. */
    private static int anyPage(LoadRandom random) {
        int count = Payloads.RESPONSES.size();
        return random.nextInt(1 + random.nextInt(count));
    }
}
