package io.weir.detector.config;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The {@code alerts} block: who is told of floods, full tables and losses.
 *
 * @param syslog where RFC 5424 messages go by UDP
 * @param script a program with the arguments of FastNetMon's: address, direction, packets a second, action
 */
public record AlertConfig(Optional<Webhook> webhook, Optional<InetSocketAddress> syslog, Optional<Path> script) {
    public static final AlertConfig NONE = new AlertConfig(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * An address that is posted to.
     *
     * @param secret file with the key that signs each post, by HMAC-SHA256
     * @param template file of the JSON that is posted for each event, with {@code ${event}} for the event as it stands in
     *     the events and {@code ${text}} for it in words
     */
    public record Webhook(URI url, Optional<Path> secret, Optional<Path> template) {}
}
