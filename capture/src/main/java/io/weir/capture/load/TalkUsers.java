package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;

/** Mail, secure shell, and what protected hosts fetch: connections of more words than a web page. */
final class TalkUsers implements Arrivals.Handler, TcpConversation.Owner {
    private static final int MOST = 16_384;
    private static final int MAIL_PORT = 25;
    private static final int SHELL_PORT = 22;
    private static final int SECURE_PORT = 443;
    private static final int BODY_TURN = 9;
    private static final int KEYSTROKES = 60;
    private static final int ATTEMPTS = 3;
    private static final long TYPING_NANOS = 220_000_000;
    private static final long REACTION_NANOS = 30_000_000;
    private static final long SERVICE_NANOS = 2_000_000;

    private final Activity activity;
    private final LoadScene scene;
    private final LoadRandom random;
    private final Population population;
    private final Pool<TcpConversation> conversations;
    private int ownPort;

    /** @param population of the hosts outside, whoever opens the connection */
    TalkUsers(Activity activity, LoadScene scene, LoadRandom random, Population population) {
        this.activity = activity;
        this.scene = scene;
        this.random = random;
        this.population = population;
        Client anybody = population.anybody();
        conversations = new Pool<>(MOST, () -> new TcpConversation(this, scene.target(), anybody));
    }

    @Override
    public void arrive(long now, Tap tap) {
        TcpConversation conversation = conversations.take();
        if (conversation == null) {
            return;
        }
        Client client = population.next(random);
        int label = Label.legitimate(activity, client.number);
        Host host = scene.anyHost(random);
        conversation.begin(client, host, port(), turns(), label, random);
        if (activity == Activity.OUTBOUND_WEB) {
            ownPort = ownPort + 1 & 0x3fff;
            conversation.openFromHost(SECURE_PORT, ClientStack.LINUX.port(ownPort));
        }
        scene.queue().plan(now, conversation);
    }

    private int port() {
        return activity == Activity.MAIL ? MAIL_PORT : SHELL_PORT;
    }

    private int turns() {
        return switch (activity) {
            case MAIL -> Payloads.TALK.mail.size();
            case SSH -> Payloads.TALK.shellOpening.size() + 2 * (5 + random.nextInt(KEYSTROKES));
            case BRUTE_FORCE -> Payloads.TALK.shellOpening.size() + 2 * ATTEMPTS;
            default -> 2 * (2 + random.nextInt(8));
        };
    }

    @Override
    public long next(TcpConversation conversation, long now) {
        int turn = conversation.turns();
        if (turn == conversation.turnsPlanned()) {
            return TcpConversation.CLOSE;
        }
        return switch (activity) {
            case MAIL -> mail(conversation, turn);
            case SSH, BRUTE_FORCE -> shell(conversation, turn);
            default -> {
                long service = WebTalk.turn(conversation, scene.pages(), random);
                yield turn % 2 == 1
                        ? conversation.client().roundTripNanos / 4 + service
                        : random.waitNanos(SERVICE_NANOS);
            }
        };
    }

    /** RFC 5321: the server greets first. */
    private long mail(TcpConversation conversation, int turn) {
        boolean byServer = turn % 2 == 0;
        Response words = turn == BODY_TURN
                ? Payloads.TALK.mailBodies.get(random.nextInt(Payloads.TALK.mailBodies.size()))
                : Payloads.TALK.mail.get(turn);
        conversation.say(byServer, words, false);
        return byServer ? random.waitNanos(REACTION_NANOS) : random.waitNanos(SERVICE_NANOS);
    }

    private long shell(TcpConversation conversation, int turn) {
        int opening = Payloads.TALK.shellOpening.size();
        boolean byServer = turn % 2 == 0;
        if (turn < opening) {
            conversation.say(byServer, Payloads.TALK.shellOpening.get(turn), false);
            return random.waitNanos(SERVICE_NANOS);
        }
        // The server spoke last but one, so that keys are pressed at even turns from here on.
        boolean isKey = (turn - opening) % 2 == 0;
        if (activity == Activity.BRUTE_FORCE) {
            conversation.say(!isKey, isKey ? Payloads.TALK.password : Payloads.TALK.keystroke, false);
            return isKey ? random.waitNanos(REACTION_NANOS) : random.waitNanos(50 * SERVICE_NANOS);
        }
        Response output = random.chance(0.1)
                ? Payloads.TALK.shellOutput.get(random.nextInt(Payloads.TALK.shellOutput.size()))
                : Payloads.TALK.keystroke;
        conversation.say(!isKey, isKey ? Payloads.TALK.keystroke : output, false);
        return isKey ? random.waitNanos(TYPING_NANOS) : random.waitNanos(SERVICE_NANOS);
    }

    @Override
    public void ended(TcpConversation conversation) {
        conversations.giveBack(conversation);
    }

    /** Connections that couldn't begin because too many were under way. */
    long refused() {
        return conversations.refused();
    }
}
