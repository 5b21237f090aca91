package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;

/** One question to a DNS server, and its answer. */
final class DnsExchange implements Actor {
    private final Host server;
    private final Host target;
    private final Answered answered;
    private Client client;
    private int port;
    private int id;
    private long name;
    private int type;
    private boolean authoritative;
    private long answerNanos;
    private int label;
    private int number;
    private boolean asked;
    private long retryNanos;

    /** What follows the answer. */
    interface Answered {
        /** The answer passes the tap now; the exchange may be used again. */
        void answered(DnsExchange exchange, long nowNanos);
    }

    /** An exchange of nobody yet; the client only stands in. */
    DnsExchange(Host server, Host target, Client anybody, Answered answered) {
        this.server = server;
        this.target = target;
        this.client = anybody;
        this.answered = answered;
    }

    /** Makes it a new question, to be planned; some random bits give port and id. */
    void begin(Client from, long bits, long askedName, int askedType, boolean recursive, long waitNanos, int truth) {
        client = from;
        port = 1024 + (int) ((bits & 0xffff) * 64_000 >>> 16);
        id = (int) (bits >>> 32) & 0xffff;
        name = askedName;
        type = askedType;
        authoritative = !recursive;
        answerNanos = waitNanos;
        label = truth;
        asked = false;
        retryNanos = 0;
    }

    /** The first question gets no answer, so that it is asked again. */
    void askTwice(long afterNanos) {
        retryNanos = afterNanos;
    }

    Client client() {
        return client;
    }

    @Override
    public long act(long now, Tap tap) {
        if (!asked) {
            asked = true;
            tap.toServer(server, client.high, client.low, client.timeToLive, client.nextIdentification(), true);
            tap.scratchPayload(DnsMessages.question(tap.scratch, id, name, type));
            number = tap.newConversation();
            tap.of(number);
            tap.udp(port, 53, Label.request(label));
            if (retryNanos > 0) {
                asked = false;
                long again = now + retryNanos;
                retryNanos = 0;
                return again;
            }
            return now + answerNanos;
        }
        FrameBuilder frame = tap.fromServer(server, client.high, client.low, id ^ port, false);
        int length = DnsMessages.answer(tap.scratch, id, name, type, authoritative, target);
        frame.payload(tap.scratch, 0, length);
        tap.of(number);
        tap.udp(53, port, Label.answerTo(label));
        answered.answered(this, now);
        return NEVER;
    }
}
