package io.weir.detector.config;

import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Section;
import io.weir.detector.config.tree.Value;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the {@code captures} block, or {@code off}. */
final class CapturesReader {
    private static final List<String> KEYS = List.of("before", "after", "packet", "memory", "file", "folder");
    private static final String OFF = "off";
    private static final String DURATION = "a duration from 0s to 10m, such as 5s";
    private static final long DURATION_MAXIMUM_NANOS = 600_000_000_000L;
    /** An Ethernet, an IPv6 and a TCP header. */
    private static final long PACKET_MINIMUM = 96;

    /** The longest IP packet with what is before it. */
    private static final long PACKET_MAXIMUM = 66_000;

    private static final long MEMORY_MINIMUM = 2_000_000;
    private static final long MEMORY_MAXIMUM = 2_000_000_000;
    private static final long FILE_MINIMUM = 1_000_000;
    private static final long FOLDER_MAXIMUM = 1_000_000_000_000L;

    private CapturesReader() {}

    /** Empty for none, or where a fault was added. */
    static Optional<CapturesConfig> read(Value value, boolean hasState) {
        if (value.node() instanceof Node.Scalar scalar && scalar.text().equals(OFF)) {
            return Optional.empty();
        }
        Optional<CapturesConfig> captures = value.section(KEYS).map(CapturesReader::read);
        if (captures.isPresent() && !hasState) {
            return value.fault("has no folder to write to; give state, such as /var/lib/weir");
        }
        return captures;
    }

    private static CapturesConfig read(Section section) {
        CapturesConfig base = CapturesConfig.DEFAULT;
        long folder = number(section, "folder", FILE_MINIMUM, FOLDER_MAXIMUM, base.folderBytes());
        long file = number(section, "file", FILE_MINIMUM, FOLDER_MAXIMUM, Math.min(base.fileBytes(), folder));
        if (file > folder) {
            section.get("file").ifPresent(value -> value.fault("is more than all files may have together, " + folder));
        }
        return new CapturesConfig(
                duration(section, "before", base.beforeNanos()),
                duration(section, "after", base.afterNanos()),
                (int) number(section, "packet", PACKET_MINIMUM, PACKET_MAXIMUM, base.packetBytes()),
                (int) number(section, "memory", MEMORY_MINIMUM, MEMORY_MAXIMUM, base.memoryBytes()),
                file,
                folder);
    }

    private static long number(Section section, String key, long minimum, long maximum, long base) {
        return section.get(key)
                .map(value -> value.number(minimum, maximum))
                .orElse(OptionalLong.empty())
                .orElse(base);
    }

    private static long duration(Section section, String key, long base) {
        return section.get(key).flatMap(CapturesReader::duration).orElse(base);
    }

    private static Optional<Long> duration(Value value) {
        Optional<String> text = value.text(DURATION);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong nanos = DurationText.parse(text.get());
        return nanos.isPresent() && nanos.getAsLong() <= DURATION_MAXIMUM_NANOS
                ? Optional.of(nanos.getAsLong())
                : value.fault("must be " + DURATION);
    }
}
