package io.weir.detector.testing;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that sends UDP to a host from many ports, and in turn from the host's addresses where some are named: {@code
 * UdpFlood ADDRESS PACKETS PACKETS_PER_SECOND [SOURCE...]}.
 */
public final class UdpFlood {
    private static final int SOCKETS = 32;
    private static final int BURST = 64;
    private static final int FIRST_SOURCE = 3;

    private UdpFlood() {}

    public static void main(String[] arguments) throws IOException {
        InetAddress target = InetAddress.getByName(arguments[0]);
        int packets = Integer.parseInt(arguments[1]);
        long burstNanos = TimeUnit.SECONDS.toNanos(1) * BURST / Integer.parseInt(arguments[2]);
        DatagramSocket[] sockets = new DatagramSocket[SOCKETS];
        for (int i = 0; i < SOCKETS; i++) {
            sockets[i] = arguments.length > FIRST_SOURCE
                    ? new DatagramSocket(
                            0, InetAddress.getByName(arguments[FIRST_SOURCE + i % (arguments.length - FIRST_SOURCE)]))
                    : new DatagramSocket();
        }
        long startNanos = System.nanoTime();
        byte[] content = new byte[32];
        for (int sent = 0; sent < packets; sent++) {
            try {
                sockets[sent % SOCKETS].send(new DatagramPacket(content, content.length, target, 5_000 + sent % 100));
            } catch (SocketException full) {
                // What the host's own buffers don't take never was sent.
            }
            if (sent % BURST == 0) {
                LockSupport.parkNanos(startNanos + sent / BURST * burstNanos - System.nanoTime());
            }
        }
        for (DatagramSocket socket : sockets) {
            socket.close();
        }
    }
}
