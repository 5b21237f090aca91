package io.weir.detector.alert;

import io.weir.detector.config.AlertConfig;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All ways that a configuration names. */
public final class Alerts implements EventListener, AutoCloseable {
    private static final long WEBHOOK_PAUSE_MILLIS = 1_000;
    private static final long SYSLOG_PAUSE_MILLIS = 50;

    private final List<Channel> channels = new ArrayList<>();

    /**
     * @param problems hears what couldn't be told
     * @throws IOException if a file that the configuration names can't be read
     */
    public Alerts(AlertConfig config, Consumer<String> problems) throws IOException {
        if (config.webhook().isPresent()) {
            channels.add(new Channel(
                    "webhook", WEBHOOK_PAUSE_MILLIS, Webhook.of(config.webhook().get()), problems));
        }
        config.syslog()
                .ifPresent(address ->
                        channels.add(new Channel("syslog", SYSLOG_PAUSE_MILLIS, new Syslog(address), problems)));
        config.script().ifPresent(script -> channels.add(new Channel("script", 0, new NotifyScript(script), problems)));
    }

    /** Never waits. */
    @Override
    public void accept(Event event) {
        if (!channels.isEmpty() && Alert.isWorthTelling(event)) {
            Alert alert = Alert.of(event);
            channels.forEach(channel -> channel.add(alert));
        }
    }

    /** Tells what waits, a few seconds long. */
    @Override
    public void close() {
        channels.forEach(Channel::close);
    }
}
