package io.weir.detector.config.tree;

import io.weir.filter.fault.Fault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The faults of one file while it is read. Bounded: a file that is wrong in every line names the first ones. */
public final class Faults {
    public static final int MAXIMUM = 1_000;

    /** Longest piece of the file that a fault repeats, in characters. */
    private static final int VALUE_MAXIMUM = 80;

    private final String file;
    private final List<Fault> faults = new ArrayList<>();

    public Faults(String file) {
        this.file = file;
    }

    public void add(int line, String keyPath, String value, String problem) {
        if (faults.size() < MAXIMUM) {
            faults.add(new Fault(file, line, shown(keyPath), shown(value), problem));
        } else if (faults.size() == MAXIMUM) {
            faults.add(new Fault(file, Integer.MAX_VALUE, "", "", "has more faults; correct these first"));
        }
    }

    boolean isFull() {
        return faults.size() > MAXIMUM;
    }

    public int count() {
        return faults.size();
    }

    /** In the order of the file. */
    public List<Fault> list() {
        List<Fault> sorted = new ArrayList<>(faults);
        sorted.sort(Comparator.comparingInt(Fault::line));
        sorted.replaceAll(
                fault -> fault.line() < Integer.MAX_VALUE ? fault : new Fault(file, 0, "", "", fault.problem()));
        return sorted;
    }

    /** A fault is one line on a terminal, whatever stands in the file: control characters would steer it. */
    static String shown(String text) {
        return shown(text, VALUE_MAXIMUM);
    }

    static String shown(String text, int maximum) {
        StringBuilder shown = new StringBuilder();
        int end = Math.min(text.length(), maximum);
        for (int i = 0; i < end; i++) {
            char character = text.charAt(i);
            shown.append(Character.isISOControl(character) ? '\ufffd' : character);
        }
        return end < text.length() ? shown.append('…').toString() : shown.toString();
    }
}
