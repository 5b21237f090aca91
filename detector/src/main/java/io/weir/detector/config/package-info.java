/**
 * The configuration: one immutable record per feature, and the reader of its YAML. What the reader lets through holds
 * every bound; what it doesn't, it lists as faults, all at once. Values are safe for any number of threads, a reader
 * lives for one call. Neighbours: {@code detector.config.tree} and {@code .group}, {@code filter.address}, {@code
 * filter.fault}, {@code filter.rule}, {@code detector.flood}.
 */
@NullMarked
package io.weir.detector.config;

import org.jspecify.annotations.NullMarked;
