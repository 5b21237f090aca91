package io.weir.filter.rule;

/** What kind of group it is: that says what happens where no rule matches. */
public enum GroupType {
    /** Alibaba Cloud basic: ingress dropped, except from its own members where these may; egress accepted. */
    BASIC,
    /** Alibaba Cloud enterprise (advanced): both dropped, its own members included. */
    ENTERPRISE,
    /** AWS security group: rules only accept; both dropped. */
    ALLOW_ONLY,
    /** AWS network ACL: the first match by number decides, without state; both dropped. */
    NETWORK_ACL;

    /** As sentences name it. */
    public String text() {
        return switch (this) {
            case BASIC -> "a basic group";
            case ENTERPRISE -> "an enterprise group";
            case ALLOW_ONLY -> "an allow-only group";
            case NETWORK_ACL -> "a network ACL";
        };
    }
}
