package io.weir.detector.alert;

import java.io.IOException;
import java.nio.file.Path;

/** Sends a datagram to a Unix socket, which the JDK can't. */
@FunctionalInterface
public interface LocalSender {
    void send(Path socket, byte[] line) throws IOException;
}
