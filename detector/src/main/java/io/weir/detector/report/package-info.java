/**
 * What a replay found, for people and for machines. Immutable results in, text out; neighbours: {@code detector.flood},
 * {@code detector.event}, {@code detector.latency}, {@code filter.*}; Jackson writes the JSON.
 */
@NullMarked
package io.weir.detector.report;

import org.jspecify.annotations.NullMarked;
