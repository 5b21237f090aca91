package io.weir.detector.daemon;

import io.weir.detector.scrub.BanTable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a mode puts into the kernel, and what offloads it.
 *
 * @param offload null where the kernel drops nothing by itself
 */
public record LiveKernel(LiveTraffic traffic, @Nullable KernelOffload offload) implements LiveControl.Kernel {
    @Override
    public void change(LiveSettings settings) throws IOException {
        traffic.change(settings);
        if (offload != null) {
            offload.manage(settings.management());
        }
    }

    @Override
    public void ban(BanTable table) {
        if (offload != null) {
            offload.ban(table);
        }
    }

    @Override
    public void observe(boolean isOn) {
        if (offload != null) {
            offload.observe(isOn);
        }
    }
}
