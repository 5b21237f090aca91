package io.weir.detector.alert;

import java.io.IOException;
import java.util.List;

/** Somebody who is told; waits as long as it takes, on a thread of its own. */
interface Receiver {
    /** For error messages, such as {@code webhook https://…}. */
    String name();

    /**
     * @param alerts at least one, in the order they happened
     * @param left how many more found no room
     * @throws IOException if they couldn't be told
     */
    void tell(List<Alert> alerts, long left) throws IOException, InterruptedException;
}
