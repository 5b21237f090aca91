package io.weir.capture.linux;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes a transaction of the kernel's netfilter: packets meet what was before or all of it (include/uapi/linux/
 * netfilter/nf_tables.h). One thread.
 */
final class NfBatch {
    /** Elements of a set in one message: an attribute holds 64 KiB. */
    private static final int MOST_ELEMENTS = 1024;

    private static final int SUBSYSTEM = 10;
    private static final int BEGIN = 16;
    private static final int END = 17;
    static final int NEW_TABLE = SUBSYSTEM << 8;
    static final int GET_TABLE = SUBSYSTEM << 8 | 1;
    static final int DELETE_TABLE = SUBSYSTEM << 8 | 2;
    private static final int NEW_CHAIN = SUBSYSTEM << 8 | 3;
    private static final int GET_CHAIN = SUBSYSTEM << 8 | 4;
    private static final int DELETE_CHAIN = SUBSYSTEM << 8 | 5;
    private static final int NEW_RULE = SUBSYSTEM << 8 | 6;
    private static final int DELETE_RULE = SUBSYSTEM << 8 | 8;
    private static final int NEW_SET = SUBSYSTEM << 8 | 9;
    private static final int NEW_ELEMENT = SUBSYSTEM << 8 | 12;
    private static final int DELETE_ELEMENT = SUBSYSTEM << 8 | 14;
    private static final int NEW_OBJECT = SUBSYSTEM << 8 | 18;
    private static final int GET_OBJECT = SUBSYSTEM << 8 | 19;

    static final int NF_DROP = 0;
    static final int NF_ACCEPT = 1;

    private static final int ANONYMOUS = 0x1;
    private static final int CONSTANT = 0x2;
    private static final int INTERVAL = 0x4;
    private static final int TIMEOUT = 0x10;
    private static final int DYNAMIC = 0x20;
    private static final int COUNTER = 1;

    private final NetlinkWriter writer;
    private final Map<String, Integer> rules = new HashMap<>();
    private Map<String, Integer> rulesBefore = Map.of();
    private final int family;
    private final String table;
    private int sets;

    /** @param family number of the table's family */
    NfBatch(int capacityBytes, int family, String table) {
        this.writer = new NetlinkWriter(capacityBytes);
        this.family = family;
        this.table = table;
    }

    NfBatch begin() {
        rulesBefore = Map.copyOf(rules);
        writer.clear().begin(BEGIN, 0, 0, SUBSYSTEM).end();
        return this;
    }

    /** Does all of it; answers 0 or the first error, negated. */
    int commit(NetlinkSocket socket) {
        writer.begin(END, 0, 0, SUBSYSTEM).end();
        int error = socket.request(writer);
        if (error != 0) {
            rules.clear();
            rules.putAll(rulesBefore);
        }
        return error;
    }

    NfBatch table(int message, int flags) {
        writer.begin(message, flags, family, 0).attribute(1, table).end();
        return this;
    }

    /** In place of one of its name, whether or not there is one. */
    NfBatch replaceTable() {
        rules.clear();
        return table(NEW_TABLE, NetlinkWriter.CREATE).table(DELETE_TABLE, 0).table(NEW_TABLE, NetlinkWriter.CREATE);
    }

    NfBatch removeTable() {
        return table(NEW_TABLE, NetlinkWriter.CREATE).table(DELETE_TABLE, 0);
    }

    /** A chain that the kernel calls itself. */
    NfBatch chain(String name, NfTable.Hook hook, String device, int priority, boolean isDropping) {
        writer.begin(NEW_CHAIN, NetlinkWriter.CREATE, family, 0)
                .attribute(1, table)
                .attribute(3, name)
                .nest(4, () -> {
                    writer.attribute(1, hook.number()).attribute(2, priority);
                    if (!device.isEmpty()) {
                        writer.attribute(3, device);
                    }
                })
                .attribute(5, isDropping ? NF_DROP : NF_ACCEPT)
                .attribute(7, "filter")
                .end();
        return this;
    }

    /** A chain that others jump to. */
    NfBatch chain(String name) {
        writer.begin(NEW_CHAIN, NetlinkWriter.CREATE, family, 0)
                .attribute(1, table)
                .attribute(3, name)
                .end();
        return this;
    }

    NfBatch removeChain(String name) {
        rules.remove(name);
        writer.begin(DELETE_CHAIN, 0, family, 0)
                .attribute(1, table)
                .attribute(3, name)
                .end();
        return this;
    }

    NfBatch emptyChain(String name) {
        rules.remove(name);
        writer.begin(DELETE_RULE, 0, family, 0)
                .attribute(1, table)
                .attribute(2, name)
                .end();
        return this;
    }

    /** A rule behind those that the chain has. */
    NfBatch rule(String chain, boolean isCompatible, Consumer<NfExpressions> content) {
        rules.merge(chain, 1, Integer::sum);
        writer.begin(NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND, family, 0)
                .attribute(1, table)
                .attribute(2, chain)
                .nest(4, () -> content.accept(new NfExpressions(writer, isCompatible)))
                .end();
        return this;
    }

    NfBatch rule(String chain, Consumer<NfExpressions> content) {
        return rule(chain, false, content);
    }

    /** How many rules a chain has, unless another took them. */
    int rules(String chain) {
        return rules.getOrDefault(chain, 0);
    }

    /**
     * A set that has a name.
     *
     * @param capacity of elements
     */
    NfBatch set(String name, NfSet set, int capacity) {
        int flags = (set.isInterval() ? INTERVAL : 0) | (set.isTimed() ? TIMEOUT : 0) | (set.isDynamic() ? DYNAMIC : 0);
        writer.begin(NEW_SET, NetlinkWriter.CREATE, family, 0)
                .attribute(1, table)
                .attribute(2, name)
                .attribute(3, flags)
                .attribute(4, set.type())
                .attribute(5, set.keyBytes())
                .nest(9, () -> writer.attribute(1, capacity))
                .attribute(10, ++sets)
                .end();
        return this;
    }

    /** A set for one rule, which finds it by the number that this answers. */
    int anonymousSet(String pattern, NfSet set) {
        writer.begin(NEW_SET, NetlinkWriter.CREATE, family, 0)
                .attribute(1, table)
                .attribute(2, pattern)
                .attribute(3, ANONYMOUS | CONSTANT | (set.isInterval() ? INTERVAL : 0))
                .attribute(4, set.type())
                .attribute(5, set.keyBytes())
                .attribute(10, ++sets)
                .end();
        return sets;
    }

    /** Adds ends of ranges and single keys alike. */
    NfBatch add(String set, int id, Iterable<NfSet.Element> elements, long timeoutMillis) {
        elements(NEW_ELEMENT, set, id, elements, timeoutMillis);
        return this;
    }

    NfBatch remove(String set, Iterable<NfSet.Element> elements) {
        elements(DELETE_ELEMENT, set, 0, elements, 0);
        return this;
    }

    NfBatch emptySet(String name) {
        writer.begin(DELETE_ELEMENT, 0, family, 0)
                .attribute(1, table)
                .attribute(2, name)
                .end();
        return this;
    }

    private void elements(int message, String set, int id, Iterable<NfSet.Element> elements, long timeoutMillis) {
        Iterator<NfSet.Element> next = elements.iterator();
        while (next.hasNext()) {
            writer.begin(message, message == NEW_ELEMENT ? NetlinkWriter.CREATE : 0, family, 0)
                    .attribute(1, table)
                    .attribute(2, set);
            if (id != 0) {
                writer.attribute(4, id);
            }
            writer.nest(3, () -> {
                        for (int n = 0; n < MOST_ELEMENTS && next.hasNext(); n++) {
                            element(next.next(), timeoutMillis);
                        }
                    })
                    .end();
        }
    }

    private void element(NfSet.Element element, long timeoutMillis) {
        writer.nest(1, () -> {
            element.write(writer);
            if (timeoutMillis > 0) {
                writer.longAttribute(4, timeoutMillis);
            }
        });
    }

    /** A counter that rules refer to by its name. */
    NfBatch counter(String name) {
        writer.begin(NEW_OBJECT, NetlinkWriter.CREATE, family, 0)
                .attribute(1, table)
                .attribute(2, name)
                .attribute(3, COUNTER)
                .nest(4, () -> writer.longAttribute(1, 0).longAttribute(2, 0))
                .end();
        return this;
    }

    /** Asks for a counter, outside a transaction. */
    NetlinkWriter question(String counter) {
        writer.clear()
                .begin(GET_OBJECT, 0, family, 0)
                .attribute(1, table)
                .attribute(2, counter)
                .attribute(3, COUNTER)
                .end();
        return writer;
    }

    /** Asks for a chain, outside a transaction. */
    NetlinkWriter chainQuestion(String chain) {
        writer.clear()
                .begin(GET_CHAIN, 0, family, 0)
                .attribute(1, table)
                .attribute(3, chain)
                .end();
        return writer;
    }
}
