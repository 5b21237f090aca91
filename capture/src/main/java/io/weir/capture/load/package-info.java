/** Traffic made to measure: profiles, and a simulator that knows which packet belongs to an attack. Seeded, so that one seed gives one capture. Neighbours: {@code filter.packet} and {@code capture.sink}. */
@NullMarked
package io.weir.capture.load;

import org.jspecify.annotations.NullMarked;
