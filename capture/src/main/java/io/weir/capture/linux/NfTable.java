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

        String text() {
            return this == INET ? "inet" : "netdev";
        }
    }

    /** Where in the kernel a chain is called. */
    enum Hook {
        PREROUTING(0),
        FORWARD(2),
        OUTPUT(3),
        INGRESS(0);

        private final int number;

        Hook(int number) {
            this.number = number;
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

    private static final int SUBSYSTEM = 10;
    private static final int BATCH_BEGIN = 16;
    private static final int BATCH_END = 17;
    private static final int NEW_TABLE = SUBSYSTEM << 8;
    private static final int GET_TABLE = SUBSYSTEM << 8 | 1;
    private static final int DELETE_TABLE = SUBSYSTEM << 8 | 2;
    private static final int NEW_CHAIN = SUBSYSTEM << 8 | 3;
    private static final int NEW_RULE = SUBSYSTEM << 8 | 6;

    private static final int BATCH_BYTES = 4 << 20;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;

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
        if (error == -Errno.ENOENT) {
            throw KernelException.of(
                    "can't install the rules of table " + name,
                    Errno.ENOENT,
                    "the kernel has neither of the modules nft_queue and xt_NFQUEUE");
        }
        KernelException.check(error, "can't install the rules of table " + name);
    }

    private int replace(boolean isCompatible) throws KernelException {
        NetlinkWriter batch = new NetlinkWriter(BATCH_BYTES);
        begin(batch);
        table(batch, NEW_TABLE, NetlinkWriter.CREATE);
        table(batch, DELETE_TABLE, 0);
        table(batch, NEW_TABLE, NetlinkWriter.CREATE);
        for (Chain chain : chains) {
            write(batch, chain);
            chain.rules().forEach(rule -> write(batch, chain, rule, isCompatible));
        }
        return commit(batch);
    }

    /** Removes it, and what a process that was killed left under its name. */
    void remove() throws KernelException {
        NetlinkWriter batch = new NetlinkWriter(BATCH_BYTES);
        begin(batch);
        table(batch, NEW_TABLE, NetlinkWriter.CREATE);
        table(batch, DELETE_TABLE, 0);
        KernelException.check(commit(batch), "can't remove the rules of table " + name);
    }

    /** Whether there is one of its name. */
    boolean exists() throws KernelException {
        NetlinkWriter question = new NetlinkWriter(256);
        table(question, GET_TABLE, NetlinkWriter.ACK);
        try (NetlinkSocket socket = NetlinkSocket.open(BATCH_BYTES)) {
            int error = socket.request(question);
            if (error == -Errno.ENOENT) {
                return false;
            }
            KernelException.check(error, "can't look for table " + name);
            return true;
        }
    }

    private static void begin(NetlinkWriter batch) {
        batch.begin(BATCH_BEGIN, 0, 0, SUBSYSTEM).end();
    }

    private static int commit(NetlinkWriter batch) throws KernelException {
        batch.begin(BATCH_END, 0, 0, SUBSYSTEM).end();
        try (NetlinkSocket socket = NetlinkSocket.open(BATCH_BYTES)) {
            return socket.request(batch);
        }
    }

    private void table(NetlinkWriter batch, int message, int flags) {
        batch.begin(message, flags, family.number, 0).attribute(1, name).end();
    }

    private void write(NetlinkWriter batch, Chain chain) {
        batch.begin(NEW_CHAIN, NetlinkWriter.CREATE, family.number, 0)
                .attribute(1, name)
                .attribute(3, chain.name())
                .nest(4, () -> {
                    batch.attribute(1, chain.hook().number).attribute(2, chain.priority());
                    if (!chain.device().isEmpty()) {
                        batch.attribute(3, chain.device());
                    }
                })
                .attribute(5, chain.isDropping() ? NF_DROP : NF_ACCEPT)
                .attribute(7, "filter")
                .end();
    }

    private void write(NetlinkWriter batch, Chain chain, List<NfStatement> rule, boolean isCompatible) {
        batch.begin(NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND, family.number, 0)
                .attribute(1, name)
                .attribute(2, chain.name())
                .nest(4, () -> {
                    NfExpressions expressions = new NfExpressions(batch, isCompatible);
                    rule.forEach(statement -> statement.write(expressions));
                })
                .end();
    }
}
