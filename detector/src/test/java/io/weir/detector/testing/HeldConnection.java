package io.weir.detector.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Holds one TCP connection open, sending now and then, until it is killed. */
public final class HeldConnection {
    private static final int PAUSE_MILLIS = 200;

    private HeldConnection() {}

    /** @param arguments a port to listen on; or an address and its port */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 1) {
            try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]))) {
                System.out.println("listening");
                hold(server.accept());
            }
        } else {
            hold(new Socket(arguments[0], Integer.parseInt(arguments[1])));
        }
    }

    private static void hold(Socket given) throws IOException, InterruptedException {
        try (Socket socket = given) {
            while (true) {
                socket.getOutputStream().write(1);
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }
}
