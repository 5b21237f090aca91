package io.weir.capture;

/**
 * One column that tshark shows otherwise.
 *
 * @param what the column
 * @param tshark what tshark shows
 * @param weir what the decoder wrote
 */
record Difference(String what, String tshark, String weir) {
    static final String IP_VERSION = "ip version";
    static final String DESTINATION = "destination";
    static final String TCP_FLAGS = "tcp.flags";
    static final String HTTP = "http request";
    static final String TLS = "tls client hello";
    static final String DNS_NAME = "dns name";

    @Override
    public String toString() {
        return what + ": tshark '" + tshark + "', decoded '" + weir + "'";
    }
}
