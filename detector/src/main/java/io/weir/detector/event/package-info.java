/**
 * Events: what happened, as immutable records, and their JSON lines in the shape of Suricata's EVE. The schema of every
 * type and field stands in the README. Neighbours: {@code detector.flood}, {@code filter.*}; Jackson writes the JSON.
 */
@NullMarked
package io.weir.detector.event;

import org.jspecify.annotations.NullMarked;
