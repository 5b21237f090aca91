package io.weir.detector.config;

import io.weir.filter.fault.Fault;
import java.util.List;

/** What {@link ConfigReader} makes of a file. */
public sealed interface ConfigResult {
    record Loaded(WeirConfig config) implements ConfigResult {}

    /** @param faults all of them, at least one, file by file, in the order of the file */
    record Rejected(List<Fault> faults) implements ConfigResult {
        public Rejected {
            faults = List.copyOf(faults);
        }
    }
}
