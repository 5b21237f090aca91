package io.weir.capture.linux;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A table of the kernel's netfilter with everything in it, replaced and removed as a whole: each is one transaction, and
 * packets meet either all of it or nothing.
 */
record NfTable(Family family, String name, List<Chain> chains) {
    /** What kind of packets a table sees. */
    enum Family {
        INET(1),
        NETDEV(5);

        private final int number;

        Family(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        String text() {
            return this == INET ? "inet" : "netdev";
        }
    }

    /** Where in the kernel a chain is called. */
    enum Hook {
        PREROUTING(0),
        FORWARD(2),
        OUTPUT(3),
        POSTROUTING(4),
        INGRESS(0);

        private final int number;

        Hook(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A chain of rules.
     *
     * @param device of an ingress hook; empty elsewhere
     * @param isDropping what becomes of a packet that no rule decided
     */
    record Chain(
            String name, Hook hook, String device, int priority, boolean isDropping, List<List<NfStatement>> rules) {
        Chain {
            rules = rules.stream().map(List::copyOf).toList();
        }

        private String text() {
            String where = device.isEmpty() ? "" : " device \"" + device + "\"";
            String body = rules.stream()
                    .map(rule -> "\t\t" + rule.stream().map(NfStatement::text).collect(Collectors.joining(" ")) + "\n")
                    .collect(Collectors.joining());
            return "\tchain " + name + " {\n\t\ttype filter hook " + hook.text() + where + " priority " + priority
                    + "; policy " + (isDropping ? "drop" : "accept") + ";\n" + body + "\t}\n";
        }
    }

    private static final int BATCH_BYTES = 4 << 20;
    private static final int QUESTION_BYTES = 256;

    NfTable {
        chains = List.copyOf(chains);
    }

    /** As {@code nft list table} would show it. */
    String text() {
        return "table " + family.text() + " " + name + " {\n"
                + chains.stream().map(Chain::text).collect(Collectors.joining("\n")) + "}\n";
    }

    /** Puts it in place of what is there under its name. */
    void install() throws KernelException {
        int error = replace(false);
        // Its own queue statement isn't built into every kernel; that of iptables then is.
        if (error == -Errno.ENOENT) {
            error = replace(true);
        }
        if (error == -Errno.ENOENT && family == Family.INET) {
            throw KernelException.of(
                    "can't install the rules of table " + name,
                    Errno.ENOENT,
                    "the kernel has neither of the modules nft_queue and xt_NFQUEUE");
        }
        KernelException.check(error, "can't install the rules of table " + name);
    }

    private int replace(boolean isCompatible) throws KernelException {
        NfBatch batch = batch().begin().replaceTable();
        for (Chain chain : chains) {
            batch.chain(chain.name(), chain.hook(), chain.device(), chain.priority(), chain.isDropping());
            chain.rules()
                    .forEach(rule -> batch.rule(
                            chain.name(),
                            isCompatible,
                            expressions -> rule.forEach(statement -> statement.write(expressions))));
        }
        return commit(batch);
    }

    private NfBatch batch() {
        return batch(BATCH_BYTES);
    }

    private NfBatch batch(int bytes) {
        return new NfBatch(bytes, family.number, name);
    }

    /** Removes it, and what a process that was killed left under its name. */
    void remove() throws KernelException {
        KernelException.check(commit(batch().begin().removeTable()), "can't remove the rules of table " + name);
    }

    /** Whether there is one of its name. */
    boolean exists() throws KernelException {
        NetlinkWriter question = new NetlinkWriter(256);
        question.begin(NfBatch.GET_TABLE, NetlinkWriter.ACK, family.number, 0)
                .attribute(1, name)
                .end();
        try (NetlinkSocket socket = NetlinkSocket.open(BATCH_BYTES)) {
            int error = socket.request(question);
            if (error == -Errno.ENOENT) {
                return false;
            }
            KernelException.check(error, "can't look for table " + name);
            return true;
        }
    }

    /**
     * Whether all that was put in place is there: not if another program took out the table, a chain or rules. Rules that
     * one added don't matter.
     */
    boolean isWhole() throws KernelException {
        NfBatch batch = batch(QUESTION_BYTES);
        try (NetlinkSocket socket = NetlinkSocket.open(BATCH_BYTES)) {
            for (Chain chain : chains) {
                long rules = socket.uses(batch.chainQuestion(chain.name()));
                if (rules == -Errno.ENOENT
                        || rules >= 0 && rules < chain.rules().size()) {
                    return false;
                }
                KernelException.check(rules, "can't look for chain " + chain.name() + " of table " + name);
            }
            return true;
        }
    }

    private static int commit(NfBatch batch) throws KernelException {
        try (NetlinkSocket socket = NetlinkSocket.open(BATCH_BYTES)) {
            return batch.commit(socket);
        }
    }
}
