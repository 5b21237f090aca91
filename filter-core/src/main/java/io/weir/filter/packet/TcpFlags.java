package io.weir.filter.packet;

/** Bits of {@link PacketBatch#tcpFlags} as they stand in the TCP header (RFC 9293 section 3.1). */
public final class TcpFlags {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;
    /** Accurate ECN (RFC 9768). */
    public static final int AE = 0x100;

    private TcpFlags() {}
}
