package io.weir.detector.report;

import io.weir.filter.address.IpAddress;
import io.weir.filter.match.RuleExplanation;
import io.weir.filter.rule.FiveTuple;
import io.weir.filter.rule.Rule;
import io.weir.filter.rule.RuleBox;
import java.util.List;

/** Why a packet gets its verdict, for people: at most 80 columns wide as far as names allow. */
public final class ExplanationText {
    private static final String INDENT = "  ";

    private ExplanationText() {}

    /**
     * Several lines, the last one ended; the first has the packet and its verdict.
     *
     * @param judgements of one packet in one direction, at least one
     */
    public static String of(List<Explained> judgements, TextStyle style) {
        TextLines text = new TextLines();
        Explained first = judgements.getFirst();
        boolean isAccepted = judgements.stream().allMatch(Explained::isAccepted);
        text.line(style.bold(RuleText.packet(first.explanation().packet())) + ", "
                + first.rules().direction().text() + ": "
                + (isAccepted ? style.good("accepted") : style.alarm("dropped")));
        judgements.forEach(judgement -> write(text, judgement));
        return text.toString();
    }

    /** A packet of a capture: number, time, verdict and reason, then what the rules say; the last line ended. */
    public static String of(ExplainedPacket explained, TextStyle style) {
        TextLines text = new TextLines();
        String verdict = explained.isDropped() ? style.alarm("dropped") : style.good("passed");
        text.line(style.bold("Packet " + HumanText.count(explained.number())) + " at "
                + HumanText.dateTime(explained.timeNanos()) + ": " + verdict + ", "
                + explained.reason().text());
        text.line(INDENT + RuleText.packet(explained.packet()));
        explained.judgements().forEach(judgement -> write(text, judgement));
        explained.decider().ifPresent(rule -> {
            text.blank();
            writeRule(text, explained.isDropped() ? "Dropped by" : "Accepted by", rule);
            label(text, "Because", "it decided the packet that this one follows");
        });
        return text.toString();
    }

    private static void write(TextLines text, Explained judgement) {
        List<Rule> rules = judgement.rules().rules();
        text.blank();
        writeRule(text, judgement.isAccepted() ? "Accepted by" : "Dropped by", judgement.decider());
        label(text, "Because", judgement.reason());
        String label = "Without it";
        for (int rule : judgement.explanation().runnersUp()) {
            text.blank();
            writeRule(text, label, rules.get(rule));
            label = "Then";
        }
        label = "Nearly";
        for (RuleExplanation.NearMiss miss : judgement.explanation().nearMisses()) {
            text.blank();
            writeRule(text, label, rules.get(miss.rule()));
            label(text, "", "but " + miss(miss, judgement.explanation().packet()));
            label = "";
        }
    }

    private static void writeRule(TextLines text, String label, Rule rule) {
        label(text, label, rule.origin().toString());
        label(text, "", RuleText.rule(rule));
        if (!rule.description().isEmpty()) {
            label(text, "", "\u201c" + rule.description() + "\u201d");
        }
    }

    private static void label(TextLines text, String label, String words) {
        text.wrapped(INDENT + String.format("%-12s", label), words);
    }

    /** Such as {@code source 203.0.113.9 isn't in 10.1.2.3/32}. */
    static String miss(RuleExplanation.NearMiss miss, FiveTuple packet) {
        RuleBox box = miss.box();
        return switch (miss.field()) {
            case SOURCE ->
                "source " + IpAddress.format(packet.sourceHigh(), packet.sourceLow()) + " isn't in " + box.source();
            case DESTINATION ->
                "destination " + IpAddress.format(packet.destinationHigh(), packet.destinationLow()) + " isn't in "
                        + box.destination();
            case SOURCE_PORT -> "source port " + packet.sourcePort() + " isn't in " + box.sourcePorts();
            case DESTINATION_PORT ->
                PacketNames.hasTypes(packet.protocol())
                        ? PacketNames.message(packet.protocol(), packet.destinationPort()) + " isn't "
                                + RuleText.ports(box)
                        : "port " + packet.destinationPort() + " isn't in " + box.destinationPorts();
            case PROTOCOL ->
                "the protocol is " + PacketNames.protocol(packet.protocol()) + ", not "
                        + PacketNames.protocol(box.protocol());
        };
    }
}
