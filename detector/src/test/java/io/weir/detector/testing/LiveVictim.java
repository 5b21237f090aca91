package io.weir.detector.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A small host to attack: HTTP on port 80, DNS on 53, by IPv4 and IPv6, until it is killed. */
public final class LiveVictim {
    private static final byte[] PAGE =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII);
    private static final int BACKLOG = 4096;
    private static final int LONGEST = 2048;
    private static final int RESPONSE = 0x80;

    private LiveVictim() {}

    public static void main(String[] arguments) throws IOException {
        try (ServerSocket web = new ServerSocket(80, BACKLOG);
                DatagramSocket names = new DatagramSocket(53)) {
            Thread.ofPlatform().daemon().start(() -> answer(names));
            System.out.println("serving");
            while (true) {
                Socket socket = web.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        }
    }

    /** A page for each head, which never comes in two pieces here. */
    private static void serve(Socket given) {
        byte[] head = new byte[LONGEST];
        try (Socket socket = given;
                InputStream in = socket.getInputStream()) {
            while (in.read(head) > 0) {
                socket.getOutputStream().write(PAGE);
            }
        } catch (IOException gone) {
            // Who asked is.
        }
    }

    private static void answer(DatagramSocket names) {
        DatagramPacket question = new DatagramPacket(new byte[LONGEST], LONGEST);
        try {
            while (true) {
                question.setLength(LONGEST);
                names.receive(question);
                question.getData()[2] |= (byte) RESPONSE;
                names.send(question);
            }
        } catch (IOException gone) {
            throw new IllegalStateException(gone);
        }
    }
}
