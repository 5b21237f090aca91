package io.weir.detector.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Six floods at once onto an interface, each toward a host of its own, while users ask one of these hosts. Arguments: interface, hardware address to send to,
 * packets a second of the first and of each other one, seconds, the first five targets, then the one that is asked for pages too often; addresses of users.
 */
final class LiveAttack {
    private static final List<String> KINDS = List.of("syn", "udp", "ack", "icmp", "dns");
    private static final int BOTS = 48;
    private static final int FIRST_TARGET = 5;
    private static final int WAIT_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 25;
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BOTS_REQUEST =
            "GET /?x HTTP/1.1\r\nHost: 198.51.100.9\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /** A question for the address of www.example.com (RFC 1035 section 4.1). */
    private static final byte[] QUESTION = {
        1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0,
        0, 1, 0, 1
    };

    private final LongAdder asked = new LongAdder();
    private final LongAdder served = new LongAdder();
    private volatile boolean isOver;

    private LiveAttack() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        new LiveAttack().run(List.of(arguments));
        System.exit(0);
    }

    private void run(List<String> arguments) throws IOException, InterruptedException {
        List<String> targets = arguments.subList(FIRST_TARGET, FIRST_TARGET + KINDS.size() + 1);
        List<Thread> users = new ArrayList<>();
        for (String user : arguments.subList(FIRST_TARGET + KINDS.size() + 1, arguments.size())) {
            InetAddress own = InetAddress.getByName(user);
            // By the protocol that the user has.
            String host = targets.stream()
                    .filter(target -> target.contains(":") == user.contains(":"))
                    .findFirst()
                    .orElseThrow();
            users.add(Thread.ofPlatform().start(() -> ask(own, host)));
        }
        Thread.sleep(1_000);
        tell("before");
        List<Thread> floods = new ArrayList<>();
        for (int i = 0; i < KINDS.size(); i++) {
            List<String> command = List.of(
                    "generate",
                    KINDS.get(i),
                    "--interface",
                    arguments.get(0),
                    "--mac",
                    arguments.get(1),
                    "--via",
                    "socket",
                    "--pps",
                    arguments.get(i == 0 ? 2 : 3),
                    "--seconds",
                    arguments.get(4),
                    "--target",
                    targets.get(i));
            floods.add(Thread.ofPlatform().start(() -> flood(command)));
        }
        InetAddress web = InetAddress.getByName(targets.getLast());
        for (int bot = 0; bot < BOTS; bot++) {
            Thread.ofVirtual().start(() -> demand(web));
        }
        for (Thread flood : floods) {
            flood.join();
        }
        tell("during");
        isOver = true;
        for (Thread user : users) {
            user.join();
        }
    }

    private void tell(String when) {
        System.out.println(when + ": " + served.sumThenReset() + " of " + asked.sumThenReset() + " served");
    }

    private static void flood(List<String> command) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Main.execute(new PrintWriter(out), new PrintWriter(err), command.toArray(String[]::new));
        System.out.println(
                command.get(1) + ": " + out.toString().lines().findFirst().orElse("") + err);
    }

    private void ask(InetAddress user, String host) {
        while (!isOver) {
            count(page(user, host));
            count(name(user, host));
            pause(PAUSE_MILLIS);
        }
    }

    private void count(boolean isServed) {
        asked.increment();
        if (isServed) {
            served.increment();
        }
    }

    private static boolean page(InetAddress user, String host) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(user, 0));
            socket.connect(new InetSocketAddress(host, 80), WAIT_MILLIS);
            socket.setSoTimeout(WAIT_MILLIS);
            socket.getOutputStream().write(REQUEST);
            return socket.getInputStream().read(new byte[1024]) > 0;
        } catch (IOException lost) {
            return false;
        }
    }

    private static boolean name(InetAddress user, String host) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(user, 0))) {
            socket.setSoTimeout(WAIT_MILLIS);
            socket.send(new DatagramPacket(QUESTION, QUESTION.length, new InetSocketAddress(host, 53)));
            socket.receive(new DatagramPacket(new byte[512], 512));
            return true;
        } catch (IOException lost) {
            return false;
        }
    }

    /** A bot: one request after the other, a new connection where one ended. */
    private void demand(InetAddress host) {
        while (!isOver) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, 80), WAIT_MILLIS);
                socket.setSoTimeout(WAIT_MILLIS);
                while (!isOver && socket.getInputStream().available() >= 0) {
                    socket.getOutputStream().write(BOTS_REQUEST);
                    if (socket.getInputStream().read(new byte[1024]) < 0) {
                        break;
                    }
                }
            } catch (IOException lost) {
                pause(PAUSE_MILLIS);
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
