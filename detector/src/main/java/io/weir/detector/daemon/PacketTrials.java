package io.weir.detector.daemon;

import io.weir.detector.api.BanPreview;
import io.weir.detector.api.Capture;
import io.weir.detector.api.Refusal;
import io.weir.detector.api.ThresholdPreview;
import io.weir.detector.scrub.BanTable;
import io.weir.filter.address.IpPrefix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Captures around floods, and what a change would have done to the newest packets, which are kept for these.
 *
 * @param captures null for none
 */
record PacketTrials(@Nullable FloodCaptures captures) {
    List<Capture> list() throws Refusal {
        try {
            return captures == null ? List.of() : captures.list();
        } catch (IOException unreadable) {
            throw new Refusal(Refusal.Kind.CONFLICT, "captures can't be listed: " + unreadable.getMessage());
        }
    }

    Path file(String name) throws Refusal {
        Optional<Path> file = captures == null ? Optional.empty() : captures.find(name);
        return file.orElseThrow(() -> new Refusal(
                Refusal.Kind.MISSING,
                "no capture has the name '" + name + "'; /api/v1/captures lists those there are"));
    }

    /** What other settings would have dropped and found; empty where no packets are kept. */
    Optional<ThresholdPreview> of(LiveSettings now, LiveSettings other, BanTable bans) throws Refusal {
        return captures == null
                ? Optional.empty()
                : Optional.of(ThresholdTrial.run(captures, engineSettings(now), engineSettings(other), bans));
    }

    private static EngineSettings engineSettings(LiveSettings settings) {
        return EngineSettings.forLive(settings.config(), settings.protect(), EngineSettings.REPLAY_HASH_KEY, false);
    }

    BanPreview ofBan(IpPrefix prefix) throws Refusal {
        if (captures == null) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT, "no packets are remembered to look into; captures needs state: FOLDER");
        }
        return captures.preview(prefix);
    }
}
