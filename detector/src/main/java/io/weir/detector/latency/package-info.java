/**
 * How long packets take. Batches are timed, two clock reads each, and every packet is booked with its batch's time: an
 * upper bound of its own. Neighbours: HdrHistogram.
 */
@NullMarked
package io.weir.detector.latency;

import org.jspecify.annotations.NullMarked;
