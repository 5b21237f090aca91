package io.weir.detector.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.net.ExtendedSocketOptions;

/**
 * Two programs whose connections show what real TCP stacks do. The server does what the first byte of a connection asks
 * for; the client asks for each a few times.
 */
public final class StackExercise {
    /** What a connection does. */
    private enum Act {
        UPLOAD,
        DOWNLOAD,
        /** The client ends its side, then the server sends for long. */
        HALF_CLOSE,
        TALK,
        /** The client resets while data is on its way to it. */
        CLIENT_RESETS,
        SERVER_RESETS,
        /** The client reads nothing for a while: its window closes and is probed. */
        SLOW_READER,
        /** Nothing is said for so long that keep-alives go out. */
        IDLE,
        BOTH_CLOSE,
        URGENT
    }

    private static final int PORT = 8_000;
    private static final int ROUNDS = 4;
    private static final int BULK_BYTES = 1_500_000;
    private static final int HOLD_MILLIS = 1_500;
    /** A reset that is lost is never sent again: who waits for one in vain gives up. */
    private static final int PATIENCE_MILLIS = 10_000;

    private static final long LONGEST_NANOS = 40_000_000_000L;

    private StackExercise() {}

    /** @param arguments {@code server}; or {@code client} and the server's address */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments[0].equals("server")) {
            serve();
        } else {
            ask(arguments[1]);
        }
    }

    private static void serve() throws IOException {
        try (ServerSocket server = new ServerSocket(PORT, 256)) {
            System.out.println("listening");
            while (true) {
                Socket socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> answer(socket));
            }
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            switch (Act.values()[in.read()]) {
                case UPLOAD, URGENT -> in.transferTo(OutputStream.nullOutputStream());
                case DOWNLOAD, SLOW_READER, CLIENT_RESETS ->
                    socket.getOutputStream().write(new byte[BULK_BYTES]);
                case HALF_CLOSE -> {
                    in.readAllBytes();
                    socket.getOutputStream().write(new byte[BULK_BYTES]);
                }
                case TALK -> {
                    for (int word = in.read(); word >= 0; word = in.read()) {
                        socket.getOutputStream().write(word);
                    }
                }
                case SERVER_RESETS -> {
                    in.read();
                    socket.setSoLinger(true, 0);
                }
                case IDLE -> {
                    keepAlive(socket);
                    in.readAllBytes();
                }
                case BOTH_CLOSE -> {
                    in.read();
                    socket.shutdownOutput();
                    in.readAllBytes();
                }
            }
        } catch (IOException reset) {
            // As asked for.
        }
    }

    private static void ask(String server) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Act act : Act.values()) {
                threads.add(Thread.ofPlatform().daemon().start(() -> act(server, act)));
            }
        }
        long end = System.nanoTime() + LONGEST_NANOS;
        for (Thread thread : threads) {
            thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
    }

    private static void act(String server, Act act) {
        try (Socket socket = new Socket()) {
            if (act == Act.SLOW_READER) {
                socket.setReceiveBufferSize(4_096);
            }
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(server, PORT), PATIENCE_MILLIS);
            socket.getOutputStream().write(act.ordinal());
            play(socket, act);
        } catch (IOException reset) {
            // As asked for.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void play(Socket socket, Act act) throws IOException, InterruptedException {
        InputStream in = socket.getInputStream();
        switch (act) {
            case UPLOAD -> socket.getOutputStream().write(new byte[BULK_BYTES]);
            case DOWNLOAD -> in.readAllBytes();
            case HALF_CLOSE -> {
                socket.shutdownOutput();
                in.readAllBytes();
            }
            case TALK -> {
                for (int n = 0; n < 200; n++) {
                    socket.getOutputStream().write(n & 0x7f);
                    in.read();
                }
            }
            case CLIENT_RESETS -> {
                in.readNBytes(100_000);
                socket.setSoLinger(true, 0);
            }
            case SERVER_RESETS -> {
                socket.getOutputStream().write(1);
                in.read();
            }
            case SLOW_READER -> {
                Thread.sleep(HOLD_MILLIS);
                in.readAllBytes();
            }
            case IDLE -> {
                keepAlive(socket);
                Thread.sleep(3L * HOLD_MILLIS);
            }
            case BOTH_CLOSE -> {
                socket.getOutputStream().write(1);
                socket.shutdownOutput();
                in.readAllBytes();
            }
            case URGENT -> {
                for (int n = 0; n < 20; n++) {
                    socket.getOutputStream().write(new byte[100]);
                    socket.sendUrgentData(n);
                }
            }
        }
    }

    private static void keepAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 1);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 1);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
}
