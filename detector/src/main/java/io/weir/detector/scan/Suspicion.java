package io.weir.detector.scan;

/** What a source is watched for, each with the number that makes it an event. */
public enum Suspicion {
    /** Ports of one host that it failed to connect to. Zeek's policy/misc/scan reports 15; hosts have fewer services. */
    PORTS(8, "vertical"),
    /** Hosts of one network that it failed to connect to at one port: as many as Zeek's policy/misc/scan. */
    HOSTS(25, "horizontal"),
    /** Neighbours that it asked for by ARP: a router asks for many, but not for so many at once. */
    NEIGHBOURS(64, "horizontal"),
    /** Connections within three minutes to a service that asks for a password: twice what fail2ban allows in ten. */
    SESSIONS(10, "sessions"),
    /** The same of mail, of which servers bring much in many short connections. */
    MAIL_SESSIONS(60, "sessions"),
    /** HTTP requests that log in, each with something else to try. */
    LOGINS(30, "logins");

    private static final Suspicion[] VALUES = values();

    private final int least;
    private final String text;

    Suspicion(int least, String text) {
        this.least = least;
        this.text = text;
    }

    /** The constant of an ordinal, without the copy that {@link #values()} makes. */
    static Suspicion of(int ordinal) {
        return VALUES[ordinal];
    }

    /** How many make it an event. */
    int least() {
        return least;
    }

    /** As it stands in events. */
    public String text() {
        return text;
    }

    /** Whether it is about finding a way in, rather than about forcing one. */
    public boolean isScan() {
        return this == PORTS || this == HOSTS || this == NEIGHBOURS;
    }
}
