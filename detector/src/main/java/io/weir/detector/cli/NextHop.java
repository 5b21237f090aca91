package io.weir.detector.cli;

import io.weir.filter.address.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who takes frames for an address on an interface: found as the kernel finds it, by asking (ARP). IPv4 alone. */
final class NextHop {
    private static final int DISCARD_PORT = 9;
    private static final int TRIES = 20;
    private static final long PAUSE_MILLIS = 50;
    // The thread's own network: /proc/net would be that of the process.
    private static final Path NEIGHBOURS = Path.of("/proc/thread-self/net/arp");
    private static final Path ROUTES = Path.of("/proc/thread-self/net/route");

    private NextHop() {}

    /** The interface's own hardware address; 0 if it has none. */
    static long own(String interfaceName) throws IOException {
        NetworkInterface found = NetworkInterface.getByName(interfaceName);
        byte @Nullable [] bytes = found == null ? null : found.getHardwareAddress();
        long mac = 0;
        for (byte b : bytes == null ? new byte[0] : bytes) {
            mac = mac << 8 | b & 0xff;
        }
        return mac;
    }

    /** Reads {@code 02:00:00:00:00:01}. */
    static Optional<Long> parse(String text) {
        return text.matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}")
                ? Optional.of(Long.parseLong(text.replace(":", ""), 16))
                : Optional.empty();
    }

    /** The hardware address that frames for a host go to, or empty if nobody answers for it. */
    static Optional<Long> find(String interfaceName, long low) throws IOException {
        int target = (int) (low ^ IpAddress.IPV4_MAPPED);
        String asked = text(gateway(interfaceName, target));
        for (int i = 0; i < TRIES; i++) {
            Optional<Long> known = neighbour(interfaceName, asked);
            if (known.isPresent()) {
                return known;
            }
            if (i == 0) {
                ask(text(target));
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Makes the kernel look for it: one empty datagram. */
    private static void ask(String address) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(new byte[0], 0, InetAddress.getByName(address), DISCARD_PORT));
        } catch (IOException e) {
            // No route: then there is no neighbour either, and the caller says so.
        }
    }

    private static Optional<Long> neighbour(String interfaceName, String address) throws IOException {
        for (String line : Files.readAllLines(NEIGHBOURS)) {
            List<String> fields = List.of(line.split("\\s+"));
            if (fields.size() >= 6
                    && fields.get(0).equals(address)
                    && fields.get(5).equals(interfaceName)) {
                return parse(fields.get(3)).filter(mac -> mac != 0);
            }
        }
        return Optional.empty();
    }

    /** The router of the longest matching route, or the host itself. */
    private static int gateway(String interfaceName, int target) throws IOException {
        int best = target;
        int longest = -1;
        for (String line : Files.readAllLines(ROUTES)) {
            String[] fields = line.split("\\s+");
            if (fields.length < 8 || !fields[0].equals(interfaceName)) {
                continue;
            }
            int mask = number(fields[7]);
            if ((target & mask) == number(fields[1]) && Integer.bitCount(mask) > longest) {
                longest = Integer.bitCount(mask);
                best = number(fields[2]) == 0 ? target : number(fields[2]);
            }
        }
        return best;
    }

    /** The kernel prints addresses as numbers of the machine's order. */
    private static int number(String hex) {
        return Integer.reverseBytes(Integer.parseUnsignedInt(hex.toUpperCase(Locale.ROOT), 16));
    }

    private static String text(int address) {
        return IpAddress.format(0, IpAddress.mapped(address));
    }
}
