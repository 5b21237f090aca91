package io.weir.capture.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CapabilityTest {
    @Test
    void threadGivesUpWhatItDoesNotNeed() throws Exception {
        try (NetworkNamespace network = NetworkNamespace.make()) {
            network.call(() -> {
                assertTrue(Capability.effective().contains(Capability.CAP_NET_RAW));
                Capability.keepOnly(EnumSet.of(Capability.CAP_NET_ADMIN));
                assertEquals(Set.of(Capability.CAP_NET_ADMIN), Capability.effective());
                try (Wakeup wakeup = new Wakeup()) {
                    KernelException refused = assertThrows(
                            KernelException.class, () -> RingGroup.open(List.of(RingSettings.of("lo")), wakeup));
                    assertEquals(
                            "can't capture on lo: operation not permitted (EPERM); it needs CAP_NET_RAW: run as root, or"
                                    + " grant it",
                            refused.getMessage());
                    NfQueue.bind(QueueSettings.of(0, List.of()), wakeup).close();
                    Capability.keepOnly(Set.of());
                    KernelException alsoRefused = assertThrows(
                            KernelException.class, () -> NfQueue.bind(QueueSettings.of(0, List.of()), wakeup));
                    assertEquals(Errno.EPERM, alsoRefused.errorNumber());
                    assertTrue(
                            String.valueOf(alsoRefused.getMessage()).contains("CAP_NET_ADMIN"), alsoRefused::toString);
                }
                return "";
            });
        }
    }
}
