package io.weir.detector.api;

import io.weir.detector.scrub.KnownSource;
import java.util.List;

/**
 * A part of the sources that are known, in no order that means anything.
 *
 * @param next place to go on from, 0 where that was the last page
 */
public record SourcePage(List<KnownSource> sources, int next) {
    public SourcePage {
        sources = List.copyOf(sources);
    }
}
