package io.weir.detector.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Where lines of syslog go. */
public sealed interface SyslogTarget {
    /** RFC 5424 in datagrams (RFC 5426). */
    record Udp(InetSocketAddress address) implements SyslogTarget {
        @Override
        public String toString() {
            return text(address);
        }
    }

    /** RFC 5424 over a connection, each line after its length (RFC 6587 section 3.4.1). */
    record Tcp(InetSocketAddress address) implements SyslogTarget {
        @Override
        public String toString() {
            return "tcp://" + text(address);
        }
    }

    /** This host's own, as syslog(3) writes to it. */
    record Local(Path socket) implements SyslogTarget {
        @Override
        public String toString() {
            return socket.toString();
        }
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
