/**
 * Alerts: tells people and programs elsewhere what happens, by webhook, syslog and script. Each receiver has a thread and a
 * bounded list of its own, so that a slow one holds up neither judging nor the others. Neighbours: {@code detector.event},
 * {@code detector.config}; {@code detector.report} has the words.
 */
@NullMarked
package io.weir.detector.alert;

import org.jspecify.annotations.NullMarked;
