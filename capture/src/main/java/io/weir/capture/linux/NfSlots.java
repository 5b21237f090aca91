package io.weir.capture.linux;

import io.weir.filter.address.IpPrefix;
import java.util.List;
import java.util.Set;

/**
 * Writes the chains of {@link NfShield} that decide what becomes of packets with a signature, and of those that a limit
 * holds for: one for each, with a counter of its slot.
 *
 * @param counters slots that have one
 * @param from the chain that packets come from
 */
record NfSlots(NfBatch batch, Set<Integer> counters, String from) {
    static String counter(int slot) {
        return "slot" + slot;
    }

    /** One packet in some goes on to user space, which drops it. Answers the chain. */
    String write(ShieldRule rule) {
        String chain = begin("s" + rule.slot(), rule.slot(), rule.kind(), rule.destination());
        batch.rule(chain, code -> code.oneOf(ShieldProgram.SHOWN).accept())
                .rule(chain, code -> code.count(counter(rule.slot())).drop());
        NfShieldRule.write(batch, from, rule, chain);
        return chain;
    }

    /** The same of a limit. */
    String write(ShieldLimit limit) {
        int version = limit.destination().version();
        String chain = begin("l" + limit.slot(), limit.slot(), limit.kind(), limit.destination());
        for (String set : new String[] {"trusted", "known"}) {
            batch.rule(
                    chain,
                    code -> NfConversations.address(code, version, true)
                            .lookup(set + version, true)
                            .accept());
        }
        batch.rule(
                        chain,
                        code -> code.within(limit.packetsPerSecond(), limit.packetsPerWindow())
                                .accept())
                .rule(chain, code -> code.count(counter(limit.slot())).drop());
        NfShieldRule.write(batch, from, limit, chain);
        return chain;
    }

    /** What belongs to a conversation of this side is left to user space. */
    private String begin(String chain, int slot, ShieldRule.Kind kind, IpPrefix destination) {
        if (!counters.contains(slot)) {
            batch.counter(counter(slot));
        }
        batch.chain(chain);
        if (!ShieldRuleCode.isByItself(kind)) {
            int version = destination.version();
            for (String set : kind == ShieldRule.Kind.SEGMENT ? List.of("flows", "answers") : List.of("flows")) {
                batch.rule(
                        chain,
                        code -> NfConversations.flow(code, version, true, kind != ShieldRule.Kind.MESSAGE)
                                .lookup(set + version, true)
                                .accept());
            }
        }
        return chain;
    }
}
