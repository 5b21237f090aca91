package io.weir.capture.load;

/** Questions to the target's DNS server. */
final class DnsFlood extends PacketFlood {
    /** dnsflood.c of nickwinn/dns-flood: TTL 245, identification below 5985. */
    private static final int DNSFLOOD_IDENTIFICATIONS = 5985;

    private static final int[] TYPES = {1, 28, 1, 1, 65, 16, 15, 1};

    private final boolean isRandom;

    DnsFlood(FloodVector vector, Setting setting) {
        super(setting);
        isRandom = vector == FloodVector.DNS_RANDOM_LABELS;
    }

    @Override
    void send(long now, Tap tap) {
        FloodTool tool = headers.tool();
        headers.dontFragment = headers.tool() == FloodTool.MIMIC; // as all users do here
        if (tool == FloodTool.HPING3) {
            headers.timeToLive += 245 - 64;
            headers.identification = headers.identification % DNSFLOOD_IDENTIFICATIONS;
        }
        boolean isMimicked = tool == FloodTool.MIMIC;
        if (isMimicked) {
            // Questions come from resolvers, which draw their ports (RFC 5452 section 9.2).
            headers.port = 1024 + (int) ((headers.bits >>> 16 & 0xffff) * 64_000 >>> 16);
        }
        int id = headers.sequence & 0xffff;
        long name = name(isMimicked);
        int type = isMimicked ? TYPES[(int) headers.bits & 7] : DnsMessages.addressType(target);
        address(tap);
        boolean isPlain = tool == FloodTool.MIRAI || tool == FloodTool.HPING3 || tool == FloodTool.SCAPY;
        tap.scratchPayload(
                isPlain
                        ? DnsMessages.plainQuestion(tap.scratch, id, name, type)
                        : DnsMessages.question(tap.scratch, id, name, type));
        tap.udp(headers.port, 53, Label.request(label));
        if (isRandom || !isMimicked) {
            answers.question(now, target, headers.high, headers.low, headers.port, id, name, label);
        }
    }

    private long name(boolean isMimicked) {
        if (!isRandom) {
            return isMimicked ? DnsMessages.existingName(random) : DnsMessages.WEB_NAME;
        }
        return isMimicked ? DnsMessages.plausibleName(random) : DnsMessages.randomName(random);
    }
}
