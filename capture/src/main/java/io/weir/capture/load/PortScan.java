package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;
import io.weir.filter.packet.FrameBuilder;
import io.weir.filter.packet.TcpFlags;

/** One address that asks port after port of host after host, and by TCP is told that they are closed. */
final class PortScan implements Arrivals.Handler {
    /** nmap -sS: one source port, windows of 1024, a segment size and nothing else. */
    private static final int SOURCE_PORT = 44_331;

    private static final int WINDOW = 1024;
    private static final int PORTS = 1000;
    private static final int XMAS = TcpFlags.FIN | TcpFlags.PSH | TcpFlags.URG;

    private final LoadScene scene;
    private final LoadRandom random;
    private final Client client;
    private final Episode.Kind kind;
    private final Answer answer = new Answer();
    private int probes;
    private int port;
    private int sourcePort = SOURCE_PORT;
    private Host host;
    private int sequence;
    private boolean isWaiting;

    PortScan(LoadScene scene, LoadRandom random, Client client, Episode.Kind kind) {
        this.scene = scene;
        this.random = random;
        this.client = client;
        this.kind = kind;
        host = scene.target();
    }

    @Override
    public void arrive(long now, Tap tap) {
        if (isWaiting) {
            return;
        }
        host = scene.hosts().get(probes / PORTS % scene.hosts().size());
        port = 1 + probes++ % PORTS;
        sequence = (int) random.nextLong();
        FrameBuilder frame =
                tap.toServer(host, client.high, client.low, client.timeToLive, client.nextIdentification(), false);
        tap.of(tap.newConversation());
        int label = Label.opening(Label.legitimate(Activity.SCAN, client.number));
        switch (kind) {
            case UDP_SCAN -> {
                tap.udp(sourcePort, port, label);
                return;
            }
            case CONNECT_SCAN -> {
                sourcePort = client.nextPort();
                client.stack.addSynOptions(frame, 1460, client.clock(now));
                tap.tcp(sourcePort, port, sequence, 0, TcpFlags.SYN, client.stack.synWindow, label);
            }
            case XMAS_SCAN -> tap.tcp(sourcePort, port, sequence, 0, XMAS, WINDOW, label);
            default -> {
                frame.maximumSegmentSize(1460);
                tap.tcp(sourcePort, port, sequence, 0, TcpFlags.SYN, WINDOW, label);
            }
        }
        isWaiting = true;
        scene.queue().plan(now + TcpConversation.SERVER_NANOS, answer);
    }

    private final class Answer implements Actor {
        @Override
        public long act(long now, Tap tap) {
            isWaiting = false;
            tap.fromServer(host, client.high, client.low, 0, true);
            int label = Label.outward(Label.legitimate(Activity.SCAN, client.number));
            tap.tcp(port, sourcePort, 0, sequence + 1, TcpFlags.RST | TcpFlags.ACK, 0, label);
            return NEVER;
        }
    }
}
