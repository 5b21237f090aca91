/**
 * Tells people and their tools of floods, full tables and losses: by webhook, syslog and script. Each way has a thread and
 * a bounded queue of its own, so that none holds up another, nor any of them a packet.
 */
@NullMarked
package io.weir.detector.alert;

import org.jspecify.annotations.NullMarked;
