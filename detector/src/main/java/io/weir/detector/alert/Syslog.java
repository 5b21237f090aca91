package io.weir.detector.alert;

import io.weir.detector.event.Event;
import io.weir.detector.event.EventWriter;
import io.weir.detector.flood.FloodReport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Messages as RFC 5424 has them, each a datagram (RFC 5426). */
final class Syslog implements Channel.Teller {
    /** RFC 5424 section 6.2.1: system daemons. */
    private static final int FACILITY = 3 << 3;

    private static final int WARNING = 4;
    private static final int NOTICE = 5;
    /** What every receiver takes (RFC 5426 section 3.2), with some more that most do. */
    private static final int BYTES_MAXIMUM = 2_000;

    private final InetSocketAddress address;

    Syslog(InetSocketAddress address) {
        this.address = address;
    }

    @Override
    public void tell(List<Alert> alerts) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            for (Alert alert : alerts) {
                byte[] message = message(alert).getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(message, Math.min(message.length, BYTES_MAXIMUM), address));
            }
        }
    }

    /** Microseconds at the most: section 6.2.3 allows six digits of a second. */
    static String message(Alert alert) {
        boolean isOver = alert.event() instanceof Event.FloodChanged flood
                && flood.report().state() == FloodReport.State.ENDED;
        String time = EventWriter.timestamp(alert.event().timeNanos());
        return "<" + (FACILITY | (isOver ? NOTICE : WARNING)) + ">1 " + time.substring(0, time.length() - 4)
                + "Z - weir " + ProcessHandle.current().pid() + " " + EventWriter.type(alert.event()) + " - "
                + alert.text();
    }
}
