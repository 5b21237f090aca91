package io.weir.capture.load;

/** Whose headers a flood's packets have: what the usual tools leave constant, and what they draw. */
public enum FloodTool {
    /** A plain raw-socket loop: no options, window 512, no pattern beyond that. */
    SIMPLE,
    /** hping3 --flood --rand-source: sendtcp.c and sendip.c of hping (window 512, an acknowledgment even in a SYN,
     * ports that count up, payload of X, identification drawn). */
    HPING3,
    /** netsniff-ng's trafgen with its SYN example: window 16, eight words of header, ECN-echo beside the flag. */
    TRAFGEN,
    /** mirai/bot/attack_tcp.c and attack_udp.c: SYN with twenty bytes of options and window 0, ACK with 512 letters. */
    MIRAI,
    /** t50: TTL 255, type of service 0x40, everything else drawn. */
    T50,
    /** scapy's defaults: identification 1, sequence number 0, window 8192. */
    SCAPY,
    /** Drawn from the stacks, addresses, distances and ports of the users themselves: nothing tells a packet from theirs. */
    MIMIC
}
