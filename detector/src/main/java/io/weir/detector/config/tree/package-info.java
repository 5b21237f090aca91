/**
 * Texts as trees that know their places: YAML and JSON become the same nodes, and {@code Value} and {@code Section} read
 * them so that every fault has its line and key path. A tree is immutable; what reads it lives for one call.
 * Neighbours: {@code filter.address}, {@code filter.fault}; snakeyaml-engine stays inside {@code YamlTree}, jackson-core
 * inside {@code JsonTree}.
 */
@NullMarked
package io.weir.detector.config.tree;

import org.jspecify.annotations.NullMarked;
