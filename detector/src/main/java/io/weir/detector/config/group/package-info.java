/**
 * Security groups as files have them: readers of Alibaba Cloud's and AWS's exports and of Weir's own YAML, references
 * resolved, and the rules of each target merged. What kind a file is, its content tells. Whatever a file holds is
 * honoured or listed as a fault. Readers live for one call; what comes out is immutable. Neighbours: {@code
 * detector.config.tree}, {@code filter.rule}.
 */
@NullMarked
package io.weir.detector.config.group;

import org.jspecify.annotations.NullMarked;
