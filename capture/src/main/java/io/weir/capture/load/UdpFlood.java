package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Datagrams that nobody asked for, to random ports or to one. */
final class UdpFlood extends PacketFlood {
    /** What Mirai's rand_str draws from, long enough to be cut anywhere. */
    static final MemorySegment LETTERS;

    /** Where a piece of {@link #LETTERS} may begin. */
    static final int SPARE = 4096;

    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;
    private static final int MIRAI_BYTES = 512;
    private static final int HPING_BYTES = 120;
    private static final int SCAPY_BYTES = 1024;
    private static final int LONGEST_MIMIC = 1200;
    private static final int PORTS = 65_536;
    private static final int GAME_PORT = 27_015;
    private static final int QUIC_PORT = 443;

    private static final Slice CROSSES;
    private static final Slice GAME_QUERY;

    static {
        PayloadBank bank = new PayloadBank();
        byte[] alphabet = "abcdefghijklmnopqrstuvw012345678".getBytes(StandardCharsets.US_ASCII);
        byte[] letters = new byte[SPARE + MIRAI_BYTES];
        for (int i = 0; i < letters.length; i++) {
            letters[i] = alphabet[(int) LoadRandom.mix(i) & 31];
        }
        bank.add(letters);
        CROSSES = bank.add("X".repeat(SCAPY_BYTES).getBytes(StandardCharsets.US_ASCII));
        // attack_udp_vse: what a Source engine server is asked.
        GAME_QUERY = bank.add("\u00ff\u00ff\u00ff\u00ffTSource Engine Query\0".getBytes(StandardCharsets.ISO_8859_1));
        LETTERS = bank.toMemory();
    }

    private final boolean isOnePort;

    UdpFlood(FloodVector vector, Setting setting) {
        super(setting);
        isOnePort = vector == FloodVector.UDP_ONE_PORT;
    }

    @Override
    void send(long now, Tap tap) {
        boolean isMimicked = headers.tool() == FloodTool.MIMIC;
        int port = !isOnePort ? 1 + random.nextInt(PORTS - 1) : isMimicked ? QUIC_PORT : GAME_PORT;
        headers.dontFragment = isMimicked;
        FrameBuilder frame = address(tap);
        switch (headers.tool()) {
            case HPING3 -> frame.payload(LETTERS, CROSSES.offset(), HPING_BYTES);
            case SCAPY, TRAFGEN -> frame.payload(LETTERS, CROSSES.offset(), SCAPY_BYTES);
            case MIRAI -> {
                if (isOnePort) {
                    frame.payload(LETTERS, GAME_QUERY.offset(), GAME_QUERY.length());
                } else {
                    frame.payload(LETTERS, random.nextInt(SPARE), MIRAI_BYTES);
                }
            }
            case MIMIC -> {
                if (isOnePort) {
                    tap.scratchPayload(QuicPackets.initial(tap.scratch, headers.bits));
                } else {
                    addRandom(frame, SHORTEST + random.nextInt(LONGEST_MIMIC));
                }
            }
            case SIMPLE, T50 -> addRandom(frame, random.between(SHORTEST, LONGEST + 1));
        }
        tap.udp(headers.port, port, label);
    }
}
