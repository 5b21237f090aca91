package io.weir.detector.alert;

import io.weir.detector.event.EventWriter;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Lines of RFC 5424 over UDP (RFC 5426), one for each alert.
 *
 * <pre>{@code <25>1 2026-01-02T03:04:05.123456Z host weir 4711 flood - BOM text}</pre>
 */
final class Syslog implements Receiver {
    /** System daemons, section 6.2.1. */
    private static final int FACILITY = 3;

    private static final int SEVERITIES = 8;
    /** Up to microseconds, section 6.2.3. */
    private static final int TIMESTAMP_LETTERS = "2026-01-02T03:04:05.123456".length();
    /** Every receiver should take so much, section 6.1. */
    private static final int MOST_BYTES = 2_048;

    private final InetSocketAddress to;
    private final String host;
    private final long processId = ProcessHandle.current().pid();

    Syslog(InetSocketAddress to, String host) {
        this.to = to;
        this.host = host;
    }

    @Override
    public String name() {
        return "syslog " + to.getAddress().getHostAddress() + ":" + to.getPort();
    }

    @Override
    public void tell(List<Alert> alerts, long left) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (Alert alert : alerts) {
                send(socket, alert, alert.text());
            }
            if (left > 0) {
                send(socket, alerts.getLast(), left + " more alerts found no room");
            }
        }
    }

    private void send(DatagramSocket socket, Alert alert, String text) throws IOException {
        byte[] line = line(alert, text).getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(line, Math.min(line.length, MOST_BYTES), to));
    }

    private String line(Alert alert, String text) {
        String timestamp = EventWriter.timestamp(alert.event().timeNanos()).substring(0, TIMESTAMP_LETTERS) + "Z";
        int priority = FACILITY * SEVERITIES + alert.severity().code();
        return "<" + priority + ">1 " + timestamp + " " + host + " weir " + processId + " " + alert.type() + " - \ufeff"
                + text;
    }
}
