package io.weir.detector.cli;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.PortRange;
import io.weir.filter.fault.Fault;
import io.weir.filter.rule.FiveTuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Headers as ClassBench's trace generator writes them: decimals separated by tabs, source, destination, source port,
 * destination port and protocol; what follows is ignored.
 */
record HeaderFile(List<FiveTuple> headers, List<Fault> faults) {
    private static final int FIELDS = 5;
    private static final long[] MOST = {0xffff_ffffL, 0xffff_ffffL, PortRange.MAXIMUM, PortRange.MAXIMUM, 255};
    private static final String SHAPE =
            "is no header; write source, destination, source port, destination port and protocol in decimal,"
                    + " separated by tabs";

    static HeaderFile read(String file, List<String> lines) {
        List<FiveTuple> headers = new ArrayList<>(lines.size());
        List<Fault> faults = new ArrayList<>();
        long[] values = new long[FIELDS];
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty()) {
                continue;
            }
            if (parse(line, values)) {
                headers.add(new FiveTuple(
                        0,
                        IpAddress.mapped((int) values[0]),
                        0,
                        IpAddress.mapped((int) values[1]),
                        (int) values[2],
                        (int) values[3],
                        (int) values[4]));
            } else {
                faults.add(new Fault(file, i + 1, "", line, SHAPE));
            }
        }
        return new HeaderFile(headers, faults);
    }

    private static boolean parse(String line, long[] values) {
        String[] fields = line.split("\\s+");
        if (fields.length < FIELDS) {
            return false;
        }
        for (int i = 0; i < FIELDS; i++) {
            try {
                values[i] = Long.parseLong(fields[i]);
            } catch (NumberFormatException notDecimal) {
                return false;
            }
            if (values[i] < 0 || values[i] > MOST[i]) {
                return false;
            }
        }
        return true;
    }
}
