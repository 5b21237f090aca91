package io.weir.capture.load;

import io.weir.filter.packet.FrameBuilder;

/**
 * What a tool fills in, packet by packet: where a packet seems to come from, and the header fields that its vector leaves
 * open. Holds those drawn last.
 */
final class ToolHeaders {
    private static final int SENDERS = 3;
    private static final int BOTNET = 400;
    private static final int LOWEST_PORT = 1024;
    private static final int PORTS = 65_536;
    private static final int NEAREST = 6;
    private static final int HOPS = 14;

    private final FloodTool tool;
    private final AddressPool spoofed;
    private final AddressPool users;
    private final Client[] bots;
    private final LoadRandom random;
    /** Real machines behind invented addresses stand at few distances. */
    private final int[] hops;

    private final int firstPort;
    private int packets;

    long high;
    long low;
    int timeToLive;
    int identification;
    boolean dontFragment;
    int port;
    int sequence;
    int acknowledgment;
    int window;
    ClientStack stack = ClientStack.LINUX;
    /** Further bits, for what only one vector needs. */
    long bits;

    ToolHeaders(Flood flood, AddressPlan plan, Client[] everybody, LoadRandom random) {
        tool = flood.tool();
        spoofed = plan.spoofed();
        users = plan.clients();
        this.random = random;
        bots = flood.isBehindUsers()
                ? behind(everybody, flood.sources(), random)
                : Client.population(plan.bots(), flood.sources(), random);
        hops = new int[tool == FloodTool.MIRAI ? BOTNET : SENDERS];
        for (int i = 0; i < hops.length; i++) {
            hops[i] = NEAREST + random.nextInt(HOPS);
        }
        firstPort = LOWEST_PORT + random.nextInt(2000);
    }

    /** One more machine at the address of each of the first users, who come most often. */
    private static Client[] behind(Client[] users, int count, LoadRandom random) {
        Client[] machines = new Client[count];
        for (int i = 0; i < count; i++) {
            machines[i] = users[i % users.length].neighbour(i, random);
        }
        return machines;
    }

    FloodTool tool() {
        return tool;
    }

    Client[] bots() {
        return bots;
    }

    /** Draws the next packet's headers. */
    void draw() {
        packets++;
        long place = random.nextLong();
        bits = random.nextLong();
        drawSource(place);
        identification = (int) (bits >>> 48);
        dontFragment = false;
        port = LOWEST_PORT + (int) ((bits >>> 32 & 0xffff) * (PORTS - LOWEST_PORT) >>> 16);
        sequence = (int) bits;
        acknowledgment = 0;
        window = 512;
        switch (tool) {
            case SIMPLE -> {}
            case HPING3 -> {
                port = firstPort + packets & 0xffff;
                acknowledgment = (int) LoadRandom.mix(bits);
            }
            case TRAFGEN -> {
                port = (int) (bits >>> 32) & 0xffff;
                dontFragment = true;
                window = 16;
            }
            case MIRAI -> {
                port = (int) (bits >>> 32) & 0xffff;
                dontFragment = true;
                window = 0;
            }
            case T50 -> window = (int) (place >>> 40) & 0xffff;
            case SCAPY -> {
                identification = 1;
                sequence = 0;
                window = 8192;
            }
            case MIMIC -> mimic();
        }
    }

    private void drawSource(long place) {
        if (bots.length > 0) {
            Client bot = bots[random.nextInt(bots.length)];
            high = bot.high;
            low = bot.low;
            stack = bot.stack;
            int distance = bot.stack.timeToLive - bot.timeToLive;
            timeToLive = (tool == FloodTool.MIMIC ? stack.timeToLive : initialTimeToLive()) - distance;
            return;
        }
        AddressPool pool = tool == FloodTool.MIMIC ? users : spoofed;
        long chosen = tool == FloodTool.MIMIC ? users.clustered(place) : place;
        high = pool.high(chosen);
        low = pool.low(chosen);
        if (tool == FloodTool.SIMPLE) {
            // The real senders are a few hosts of Linux, at different distances.
            timeToLive = 64 - NEAREST - (int) (place >>> 48 & 0xf);
        } else if (tool == FloodTool.MIMIC) {
            // An address stands at one distance and is one machine.
            long host = LoadRandom.mix(low ^ high);
            stack = ClientStack.any((int) (host >>> 8 & 0xffff) * 100 >>> 16);
            timeToLive = stack.timeToLive - NEAREST - (int) (host & 0xff) * HOPS / 256;
        } else {
            timeToLive = initialTimeToLive() - hops[(int) (place >>> 40 & 0xffff) % hops.length];
        }
    }

    private int initialTimeToLive() {
        return tool == FloodTool.T50 ? 255 : 64;
    }

    /** As {@link Client} does it: ports, identification and window of the stack. */
    private void mimic() {
        port = stack.port(bits >>> 16);
        dontFragment = true;
        identification = stack == ClientStack.APPLE ? 0 : identification;
        window = stack.synWindow;
    }

    /** The options of a SYN. */
    void addSynOptions(FrameBuilder frame, int segmentSize) {
        switch (tool) {
            case MIRAI ->
                // Drawn once for an attack, as the tool does.
                frame.maximumSegmentSize(1400 + (firstPort & 0xf))
                        .sackPermitted()
                        .timestamps(firstPort * 0x9e37_79b9, 0)
                        .noOperation()
                        .windowScale(6);
            case TRAFGEN -> {
                for (int i = 0; i < 12; i++) {
                    frame.noOperation();
                }
            }
            case MIMIC -> stack.addSynOptions(frame, segmentSize, (int) LoadRandom.mix(bits));
            case SIMPLE, HPING3, T50, SCAPY -> {}
        }
    }

    /** What a segment of a connection would have. */
    void addSegmentOptions(FrameBuilder frame) {
        if (tool == FloodTool.MIMIC) {
            window = stack.window - (int) (bits >>> 20 & 0x3f);
            if (stack.timestamps) {
                long clocks = LoadRandom.mix(bits);
                frame.noOperation().noOperation().timestamps((int) clocks, (int) (clocks >>> 32));
            }
        } else if (tool == FloodTool.MIRAI || tool == FloodTool.SIMPLE) {
            // One window for an attack; a plain loop draws it.
            window = tool == FloodTool.MIRAI ? firstPort * 31 & 0xffff : 1 + random.nextInt(PORTS - 1);
            dontFragment = false;
        }
    }
}
