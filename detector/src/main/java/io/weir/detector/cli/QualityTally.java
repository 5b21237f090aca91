package io.weir.detector.cli;

import io.weir.capture.load.Label;
import io.weir.capture.load.Label.Activity;
import io.weir.capture.load.SyntheticSource;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.TcpFlags;
import io.weir.filter.verdict.Verdict;
import java.util.BitSet;

/** What became of every packet, beside what it truly was. */
final class QualityTally {
    /** Of something, how much there was during the attack and how much of it was lost. */
    static final class Loss {
        long all;
        long lost;

        void add(boolean isLost) {
            all++;
            lost += isLost ? 1 : 0;
        }
    }

    final Loss established = new Loss();
    /** Connections begun in the attack; lost: never opened. */
    final Loss known = new Loss();
    /** The same of clients that weren't seen before it. */
    final Loss newcomers = new Loss();

    /** Of clients that were seen before the attack. */
    final Loss pings = new Loss();
    /** Of those that weren't. */
    final Loss newcomersPings = new Loss();

    final Loss dns = new Loss();
    final Loss datagrams = new Loss();
    final Loss requests = new Loss();
    /** Packets of users before any attack. */
    final Loss peace = new Loss();
    /** Connections that opened although their SYN had been dropped. */
    long delayed;
    /** By flood: packets toward the target after its grace. */
    final Loss[] attack;
    /** By flood: of these, those that ask for something. */
    final Loss[] attackRequests;
    /** By flood: when its first packet came. */
    final long[] firstNanos;

    long packets;

    private final QualityScenario scenario;
    private final long attackNanos;
    private final BitSet knownClients = new BitSet();
    private final ConversationTally conversations = new ConversationTally();

    QualityTally(QualityScenario scenario) {
        this.scenario = scenario;
        attackNanos = scenario.attackNanos();
        int floods = scenario.truths().size();
        attack = new Loss[floods];
        attackRequests = new Loss[floods];
        firstNanos = new long[floods];
        for (int i = 0; i < floods; i++) {
            attack[i] = new Loss();
            attackRequests[i] = new Loss();
            firstNanos[i] = Long.MAX_VALUE;
        }
    }

    /** Takes a judged batch; the source still holds its truth. */
    void add(PacketBatch batch, SyntheticSource source) {
        packets += batch.size;
        for (int i = 0; i < batch.size; i++) {
            int label = source.label(i);
            boolean isDropped = Verdict.isDrop(batch.verdict[i]);
            long nowNanos = batch.timestampNanos[i];
            if (!Label.isAttack(label)) {
                addLegitimate(batch, i, label, source.conversation(i), isDropped);
            } else if (!Label.isAnswer(label)) {
                addAttack(Label.floodIndex(label), nowNanos, Label.isRequest(label), isDropped);
            }
        }
    }

    private void addAttack(int flood, long nowNanos, boolean isRequest, boolean isDropped) {
        firstNanos[flood] = Math.min(firstNanos[flood], nowNanos);
        long sinceNanos = nowNanos - scenario.startNanos(flood);
        if (sinceNanos >= scenario.truths().get(flood).graceNanos() && nowNanos < scenario.endNanos(flood)) {
            attack[flood].add(!isDropped);
            if (isRequest) {
                attackRequests[flood].add(!isDropped);
            }
        }
    }

    private void addLegitimate(PacketBatch batch, int i, int label, int conversation, boolean isDropped) {
        boolean isAttacked = batch.timestampNanos[i] >= attackNanos;
        if (!isAttacked) {
            knownClients.set(Label.client(label));
        }
        Activity activity = Label.activity(label);
        // Nobody's loss; and of what goes to a resolver that isn't protected, nothing is judged.
        boolean isBeside = activity == Activity.RESOLVE && scenario.isConfigured();
        if (activity == Activity.SCAN || activity == Activity.BRUTE_FORCE || isBeside) {
            return;
        }
        if (!isAttacked) {
            peace.add(isDropped);
        }
        if (activity.isTcp()) {
            boolean isSyn = Label.isOpening(label) && (batch.tcpFlags[i] & TcpFlags.ACK) == 0;
            boolean isKnown = knownClients.get(Label.client(label));
            conversations.add(conversation, label, isSyn, isKnown, isAttacked, isDropped);
        } else if (isAttacked && (isDropped || !Label.isAnswer(label))) {
            // What goes out would halve every share.
            Loss kind = switch (activity) {
                case PING -> knownClients.get(Label.client(label)) ? pings : newcomersPings;
                case DNS, RESOLVE, OUTBOUND_DNS -> dns;
                default -> datagrams;
            };
            kind.add(isDropped);
        }
    }

    /** After the last batch. */
    void finish() {
        conversations.settle(this);
    }
}
