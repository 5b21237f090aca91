package io.weir.detector.alert;

import io.weir.detector.config.AlertsConfig;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Tells everybody whom the configuration names. */
public final class Alerts implements EventListener, AutoCloseable {
    private final List<Channel> channels;

    private Alerts(List<Channel> channels) {
        this.channels = channels;
    }

    /**
     * @param local reaches the host's own syslog
     * @param problems hears in a sentence what couldn't be told; any thread
     * @throws IOException if a secret can't be read or a socket can't be had
     */
    public static Alerts open(AlertsConfig config, LocalSender local, Consumer<String> problems) throws IOException {
        List<Receiver> receivers = new ArrayList<>();
        String host = LocalHost.name();
        for (AlertsConfig.Webhook webhook : config.webhooks()) {
            receivers.add(Webhook.of(webhook, host));
        }
        if (config.syslog().isPresent()) {
            receivers.add(new Syslog(config.syslog().get(), host, local));
        }
        config.script().ifPresent(script -> receivers.add(new NotifyScript(script)));
        return new Alerts(receivers.stream()
                .map(receiver -> new Channel(receiver, config.everyNanos(), problems))
                .toList());
    }

    /** Never waits for a receiver. */
    @Override
    public void accept(Event event) {
        Alert.of(event).ifPresent(alert -> channels.forEach(channel -> channel.add(alert)));
    }

    /** Tells what waits, a few seconds long. */
    @Override
    public void close() {
        channels.forEach(Channel::end);
        channels.forEach(Channel::close);
    }
}
