/**
 * The commands. Each reads its options, says in one message what is wrong with them, and hands over to the parts that
 * do the work. Exit status: 0 done, 1 failed, 2 wrong usage or configuration, 3 lint findings.
 */
@NullMarked
package io.weir.detector.cli;

import org.jspecify.annotations.NullMarked;
