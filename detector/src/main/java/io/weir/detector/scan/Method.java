package io.weir.detector.scan;

import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a source tries. */
enum Method {
    SYN,
    FIN,
    NULL,
    XMAS,
    /** Which ports a filter lets through (nmap -sA, -sW, -sM). */
    ACK,
    UDP,
    ARP,
    FTP,
    SSH,
    TELNET,
    SMTP,
    POP3,
    IMAP,
    SMB,
    RDP,
    VNC,
    HTTP;

    private static final Method[] VALUES = values();
    private static final int ALL_FLAGS = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN;
    private static final int XMAS_FLAGS = TcpFlags.FIN | TcpFlags.PSH | TcpFlags.URG;

    static Method of(int ordinal) {
        return VALUES[ordinal];
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    int protocol() {
        return this == UDP ? IpProtocol.UDP : IpProtocol.TCP;
    }

    /** How nmap calls the scan that such a segment belongs to, or {@code null} where none does. */
    static @Nullable Method ofFlags(int flags) {
        if ((flags & XMAS_FLAGS) == XMAS_FLAGS && (flags & (ALL_FLAGS & ~TcpFlags.FIN)) == 0) {
            return XMAS;
        }
        return switch (flags & (ALL_FLAGS | XMAS_FLAGS)) {
            case TcpFlags.SYN -> SYN;
            case TcpFlags.FIN -> FIN;
            case 0 -> NULL;
            case TcpFlags.ACK, TcpFlags.ACK | TcpFlags.FIN -> ACK;
            default -> null;
        };
    }

    /** The service at a port that asks for a password, or {@code null}. */
    static @Nullable Method ofService(int port) {
        return switch (port) {
            case 21 -> FTP;
            case 22, 2222 -> SSH;
            case 23, 2323 -> TELNET;
            case 25, 465, 587 -> SMTP;
            case 110, 995 -> POP3;
            case 143, 993 -> IMAP;
            case 139, 445 -> SMB;
            case 3389 -> RDP;
            case 5900, 5901 -> VNC;
            default -> null;
        };
    }

    Suspicion suspicion() {
        return this == SMTP || this == POP3 || this == IMAP ? Suspicion.MAIL_SESSIONS : Suspicion.SESSIONS;
    }
}
