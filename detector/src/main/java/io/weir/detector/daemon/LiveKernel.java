package io.weir.detector.daemon;

import io.weir.detector.api.Intake;
import io.weir.detector.scrub.BanTable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a mode puts into the kernel, and what offloads it.
 *
 * @param offload null where the kernel drops nothing by itself
 * @param whyNone why it doesn't
 */
public record LiveKernel(LiveTraffic traffic, @Nullable KernelOffload offload, String whyNone)
        implements LiveControl.Kernel {
    @Override
    public void change(LiveSettings settings) throws IOException {
        traffic.change(settings);
        if (offload != null) {
            offload.change(settings);
        }
    }

    @Override
    public Optional<String> heal() throws IOException {
        return traffic.heal();
    }

    @Override
    public List<Intake> intakes() throws IOException {
        return traffic.intakes();
    }

    @Override
    public void ban(BanTable table) {
        if (offload != null) {
            offload.ban(table);
        }
    }

    @Override
    public String offloadWay() {
        return offload == null ? "none: " + whyNone : offload.way();
    }

    @Override
    public void observe(boolean isOn) {
        if (offload != null) {
            offload.observe(isOn);
        }
    }
}
