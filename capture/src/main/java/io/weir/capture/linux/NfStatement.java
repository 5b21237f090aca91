package io.weir.capture.linux;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One part of a netfilter rule: as nft(8) writes it, and as the kernel takes it (include/uapi/linux/netfilter/
 * nf_tables.h). A rule's parts are tried from left to right until one doesn't hold.
 */
sealed interface NfStatement {
    /** As in nft's own listing. */
    String text();

    void write(NfExpressions target);

    /** The packet came by this interface. */
    record InputInterface(String name) implements NfStatement {
        @Override
        public String text() {
            return "iifname \"" + name + "\"";
        }

        @Override
        public void write(NfExpressions target) {
            target.meta(NfExpressions.META_INPUT_NAME).compare(true, nameField(name));
        }
    }

    /** The packet didn't come by this interface. */
    record OtherInputInterface(String name) implements NfStatement {
        @Override
        public String text() {
            return "iifname != \"" + name + "\"";
        }

        @Override
        public void write(NfExpressions target) {
            target.meta(NfExpressions.META_INPUT_NAME).compare(false, nameField(name));
        }
    }

    /** The packet leaves by this interface. */
    record OutputInterface(String name) implements NfStatement {
        @Override
        public String text() {
            return "oifname \"" + name + "\"";
        }

        @Override
        public void write(NfExpressions target) {
            target.meta(NfExpressions.META_OUTPUT_NAME).compare(true, nameField(name));
        }
    }

    /** An address of the packet is in this prefix. */
    record Address(boolean isSource, IpPrefix prefix) implements NfStatement {
        private static final int IPV4_SOURCE = 12;
        private static final int IPV6_SOURCE = 8;

        @Override
        public String text() {
            int full = prefix.version() == 4 ? Integer.SIZE : 2 * Long.SIZE;
            String all = prefix.toString();
            String shown = prefix.length() == full ? all.substring(0, all.indexOf('/')) : all;
            return (prefix.version() == 4 ? "ip " : "ip6 ") + (isSource ? "saddr " : "daddr ") + shown;
        }

        @Override
        public void write(NfExpressions target) {
            boolean isIpv4 = prefix.version() == 4;
            target.meta(NfExpressions.META_FAMILY)
                    .compare(true, new byte[] {isIpv4 ? NfExpressions.FAMILY_IPV4 : NfExpressions.FAMILY_IPV6});
            byte[] address = bytes(isIpv4);
            int from = isIpv4 ? IPV4_SOURCE : IPV6_SOURCE;
            target.payload(NfExpressions.NETWORK_HEADER, isSource ? from : from + address.length, address.length);
            if (prefix.length() < Byte.SIZE * address.length) {
                byte[] mask = new byte[address.length];
                for (int bit = 0; bit < prefix.length(); bit++) {
                    mask[bit / Byte.SIZE] |= (byte) (0x80 >> bit % Byte.SIZE);
                }
                target.mask(mask);
            }
            target.compare(true, address);
        }

        private byte[] bytes(boolean isIpv4) {
            return isIpv4
                    ? ByteBuffer.allocate(Integer.BYTES)
                            .putInt((int) (prefix.low() ^ IpAddress.IPV4_MAPPED))
                            .array()
                    : ByteBuffer.allocate(2 * Long.BYTES)
                            .putLong(prefix.high())
                            .putLong(prefix.low())
                            .array();
        }
    }

    /** A port of a TCP segment. */
    record TcpPort(boolean isSource, int port) implements NfStatement {
        @Override
        public String text() {
            return "tcp " + (isSource ? "sport " : "dport ") + port;
        }

        @Override
        public void write(NfExpressions target) {
            target.meta(NfExpressions.META_PROTOCOL)
                    .compare(true, new byte[] {NfExpressions.TCP})
                    .payload(NfExpressions.TRANSPORT_HEADER, isSource ? 0 : 2, Short.BYTES)
                    .compare(true, new byte[] {(byte) (port >> 8), (byte) port});
        }
    }

    /**
     * An ICMPv6 message of this type that comes from the link itself: no router lets a hop limit of 255 be (RFC 4861
     * section 11.2).
     */
    record LinkLocalIcmp(int type) implements NfStatement {
        private static final int HOP_LIMIT = 7;
        /** Neighbour discovery's types (RFC 4861 section 4) by nft's names. */
        private static final List<String> NAMES = List.of(
                "nd-router-solicit", "nd-router-advert", "nd-neighbor-solicit", "nd-neighbor-advert", "nd-redirect");

        static final int FIRST_TYPE = 133;
        static final int LAST_TYPE = FIRST_TYPE + NAMES.size() - 1;

        @Override
        public String text() {
            return "ip6 hoplimit 255 icmpv6 type " + NAMES.get(type - FIRST_TYPE);
        }

        @Override
        public void write(NfExpressions target) {
            target.meta(NfExpressions.META_FAMILY)
                    .compare(true, new byte[] {NfExpressions.FAMILY_IPV6})
                    .payload(NfExpressions.NETWORK_HEADER, HOP_LIMIT, 1)
                    .compare(true, new byte[] {-1})
                    .meta(NfExpressions.META_PROTOCOL)
                    .compare(true, new byte[] {NfExpressions.ICMPV6})
                    .payload(NfExpressions.TRANSPORT_HEADER, 0, 1)
                    .compare(true, new byte[] {(byte) type});
        }
    }

    /** Counts what came so far. */
    record Count() implements NfStatement {
        @Override
        public String text() {
            return "counter";
        }

        @Override
        public void write(NfExpressions target) {
            target.expression("counter", writer -> {});
        }
    }

    /** Passes this chain. */
    record Accept() implements NfStatement {
        @Override
        public String text() {
            return "accept";
        }

        @Override
        public void write(NfExpressions target) {
            target.accept();
        }
    }

    /**
     * Waits in one of these queues for a verdict: in the same one for both directions between two addresses, fragments
     * with the rest.
     *
     * @param isBypassed whether it passes when nobody has the queue; else it is dropped then
     */
    record Queue(int first, int count, boolean isBypassed) implements NfStatement {
        @Override
        public String text() {
            return "queue " + (isBypassed ? "flags bypass " : "") + "to " + first
                    + (count > 1 ? "-" + (first + count - 1) : "");
        }

        @Override
        public void write(NfExpressions target) {
            target.queue(first, count, isBypassed);
        }
    }

    private static byte[] nameField(String name) {
        byte[] field = new byte[LinkDevice.NAME_BYTES];
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, field, 0, text.length);
        return field;
    }
}
