package io.weir.detector.config.group;

import io.weir.filter.rule.GroupType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file of groups as somebody names it for a target.
 *
 * @param type for an Alibaba Cloud export, which doesn't say it; basic where empty
 * @param nic for an Alibaba Cloud export from the classic network that holds rules of both network cards
 * @param ids the groups of the file that are meant; all where empty
 */
public record GroupUse(Path file, Optional<GroupType> type, Optional<Nic> nic, List<String> ids) {
    /** The network cards of an instance in Alibaba Cloud's classic network. */
    public enum Nic {
        INTERNET,
        INTRANET
    }

    public GroupUse {
        ids = List.copyOf(ids);
    }

    /** All groups of a file, basic unless it says otherwise. */
    public static GroupUse of(Path file) {
        return new GroupUse(file, Optional.empty(), Optional.empty(), List.of());
    }
}
