package io.weir.detector.alert;

import io.weir.detector.config.SyslogTarget;
import io.weir.detector.event.EventWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A line of syslog for each alert: RFC 5424 over the network, and to the host's own socket what syslog(3) writes there.
 *
 * <pre>
 * {@code <25>1 2026-01-02T03:04:05.123456Z host weir 4711 flood - BOM text}
 * {@code <25>Jan  2 03:04:05 weir[4711]: text}
 * </pre>
 */
final class Syslog implements Receiver {
    /** System daemons, section 6.2.1. */
    private static final int FACILITY = 3;

    private static final int SEVERITIES = 8;
    /** Up to microseconds, section 6.2.3. */
    private static final int TIMESTAMP_LETTERS = "2026-01-02T03:04:05.123456".length();
    /** Every receiver should take so much, section 6.1. */
    private static final int MOST_BYTES = 2_048;

    private static final int PATIENCE_MILLIS = 5_000;
    /** Of RFC 3164 section 4.1.2: local time, and a day of one digit after a space. */
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final SyslogTarget to;
    private final String host;
    private final LocalSender local;
    private final long processId = ProcessHandle.current().pid();

    Syslog(SyslogTarget to, String host, LocalSender local) {
        this.to = to;
        this.host = host;
        this.local = local;
    }

    @Override
    public String name() {
        return "syslog " + to;
    }

    @Override
    public void tell(List<Alert> alerts, long left) throws IOException {
        List<byte[]> lines = new ArrayList<>();
        for (Alert alert : alerts) {
            lines.add(line(alert, alert.text()));
        }
        if (left > 0) {
            lines.add(line(alerts.getLast(), left + " more alerts found no room"));
        }
        switch (to) {
            case SyslogTarget.Udp(InetSocketAddress address) -> sendDatagrams(address, lines);
            case SyslogTarget.Tcp(InetSocketAddress address) -> sendStream(address, lines);
            case SyslogTarget.Local(Path socket) -> {
                for (byte[] line : lines) {
                    local.send(socket, line);
                }
            }
        }
    }

    private static void sendDatagrams(InetSocketAddress address, List<byte[]> lines) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (byte[] line : lines) {
                socket.send(new DatagramPacket(line, line.length, address));
            }
        }
    }

    private static void sendStream(InetSocketAddress address, List<byte[]> lines) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            for (byte[] line : lines) {
                out.write((line.length + " ").getBytes(StandardCharsets.US_ASCII));
                out.write(line);
            }
        }
    }

    private byte[] line(Alert alert, String text) {
        int priority = FACILITY * SEVERITIES + alert.severity().code();
        String line = to instanceof SyslogTarget.Local
                ? "<" + priority + ">" + LOCAL_TIME.format(time(alert)) + " weir[" + processId + "]: " + text
                : "<" + priority + ">1 " + timestamp(alert) + " " + host + " weir " + processId + " " + alert.type()
                        + " - \ufeff" + text;
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MOST_BYTES ? bytes : Arrays.copyOf(bytes, MOST_BYTES);
    }

    private static Instant time(Alert alert) {
        return Instant.ofEpochSecond(
                TimeUnit.NANOSECONDS.toSeconds(alert.event().timeNanos()));
    }

    private static String timestamp(Alert alert) {
        return EventWriter.timestamp(alert.event().timeNanos()).substring(0, TIMESTAMP_LETTERS) + "Z";
    }
}
