package io.weir.capture.load;

import io.weir.filter.verdict.FloodKind;

/**
 * The truth about a simulated packet, packed into an int.
 *
 * <pre>
 *   31                     10 9           4  3   2   1   0
 *  +-------------------------+-------------+---+---+---+---+   A: of an attack, S: sent by the attacked or serving side
 *  |  client, or flood of a  | activity or | R | O | S | A |   O: opens a connection (SYN, SYN-ACK, the ACK that follows)
 *  |  profile                | flood kind  |   |   |   |   |   R: asks for something (request, question, echo request)
 *  +-------------------------+-------------+---+---+---+---+
 * </pre>
 */
public final class Label {
    private static final int ATTACK = 1;
    private static final int ANSWER = 2;
    private static final int OPENING = 4;
    private static final int REQUEST = 8;
    private static final int KIND_SHIFT = 4;
    private static final int KIND_MASK = 0x3f;
    private static final int NUMBER_SHIFT = 10;

    private static final Activity[] ACTIVITIES = Activity.values();
    private static final FloodKind[] KINDS = FloodKind.values();

    /** What a legitimate client is doing. */
    public enum Activity {
        /** Asking the resolver before going to the web. */
        RESOLVE,
        WEB,
        TLS,
        /** Asking the target's own DNS server. */
        DNS,
        PING,
        MAIL,
        SSH,
        /** Both ways, 50 packets a second each. */
        CALL,
        QUIC,
        NTP,
        /** What protected hosts fetch from others. */
        OUTBOUND_WEB,
        OUTBOUND_DNS,
        OUTBOUND_NTP,
        /** As fast as the line allows. */
        TRANSFER,
        /** Nobody's loss: probing ports. */
        SCAN,
        /** Nobody's loss: guessing passwords. */
        BRUTE_FORCE;

        /** Whether it goes over TCP. */
        public boolean isTcp() {
            return switch (this) {
                case WEB, TLS, MAIL, SSH, OUTBOUND_WEB, TRANSFER, SCAN, BRUTE_FORCE -> true;
                case RESOLVE, DNS, PING, CALL, QUIC, NTP, OUTBOUND_DNS, OUTBOUND_NTP -> false;
            };
        }
    }

    private Label() {}

    /** A packet of a legitimate client, who is known by a number from 0. */
    static int legitimate(Activity activity, int client) {
        return client << NUMBER_SHIFT | activity.ordinal() << KIND_SHIFT;
    }

    /** A packet of an attacker; the flood's index in its profile. */
    static int attack(FloodKind kind, int flood) {
        return flood << NUMBER_SHIFT | kind.ordinal() << KIND_SHIFT | ATTACK;
    }

    /** What the other side sent because of a packet with this label. */
    static int answerTo(int label) {
        return (label | ANSWER) & ~REQUEST;
    }

    /** The same packet, as one that the near side sends of its own. */
    static int outward(int label) {
        return label | ANSWER;
    }

    /** The same packet, as part of a handshake. */
    static int opening(int label) {
        return label | OPENING;
    }

    /** The same packet, as one that asks for something. */
    static int request(int label) {
        return label | REQUEST;
    }

    /** Whether the packet, or what it answers, belongs to a flood. */
    public static boolean isAttack(int label) {
        return (label & ATTACK) != 0;
    }

    /** Whether the packet comes from the serving side rather than from a client or attacker. */
    public static boolean isAnswer(int label) {
        return (label & ANSWER) != 0;
    }

    /** Whether the packet is one of a TCP handshake's three. */
    public static boolean isOpening(int label) {
        return (label & OPENING) != 0;
    }

    /** Whether the packet asks for something: an HTTP request, a TLS record that carries one, a question, a ping. */
    public static boolean isRequest(int label) {
        return (label & REQUEST) != 0;
    }

    /** The kind of flood. Only where {@link #isAttack}. */
    public static FloodKind floodKind(int label) {
        return KINDS[label >>> KIND_SHIFT & KIND_MASK];
    }

    /** The flood's index in {@link LoadProfile#floods}. Only where {@link #isAttack}. */
    public static int floodIndex(int label) {
        return label >>> NUMBER_SHIFT;
    }

    /** What the client does. Only where not {@link #isAttack}. */
    public static Activity activity(int label) {
        return ACTIVITIES[label >>> KIND_SHIFT & KIND_MASK];
    }

    /** The client's number, from 0. Only where not {@link #isAttack}. */
    public static int client(int label) {
        return label >>> NUMBER_SHIFT;
    }
}
