package io.weir.detector.scrub.request;

import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.packet.RequestShape;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Requests of users and of a flood in the order of time, learnt from before an alarm and judged after it. */
final class RequestScene {
    static final long MILLISECOND = 1_000_000L;
    static final long SECOND = 1000 * MILLISECOND;
    /** What the server is protected by. */
    static final double THRESHOLD = 1500;

    /** From the latest alarm, a second after the onset, to when a flood has to be dropped. */
    private static final long GRACE_NANOS = 200 * MILLISECOND;

    private static final int HELLO_RANDOM = 11;

    /** A request on its way: {@code who} 0 for users, else a flood. */
    private record Sent(long atNanos, int who, String payload, Application application, int source, int port) {}

    /** Makes one request. */
    interface Maker {
        byte[] make(Random random, int sender);
    }

    private final FlowHash hash = new FlowHash(7);
    private final RequestJudge judge = new RequestJudge(hash, 3);
    private final RequestShape shape = new RequestShape();
    private final PacketBatch batch = new PacketBatch();
    private final MemorySegment memory = Arena.ofAuto().allocate(1 << 16);
    private final Random random = new Random(1);
    private final List<Sent> sent = new ArrayList<>();
    private final Map<Integer, Integer> hopsLeft = new HashMap<>();
    private double addresses = 1;
    private int knownFrom = 1;
    private int knownTo;
    private int[] offered = new int[0];
    private int[] dropped = new int[0];
    private int[] banned = new int[0];

    /** Senders that each send at a rate, from and to a time; each on connections of so many requests. */
    RequestScene send(
            int who,
            Application application,
            int firstSource,
            int senders,
            double perSecondEach,
            int perConnection,
            long fromNanos,
            long toNanos,
            Maker maker) {
        for (int sender = 0; sender < senders; sender++) {
            double at = fromNanos + random.nextDouble() * SECOND / perSecondEach;
            for (int n = 0; at < toNanos; n++) {
                int port = 1024 + (sender * 31 + n / perConnection) % 60_000;
                sent.add(new Sent(
                        (long) at, who, text(maker.make(random, sender)), application, firstSource + sender, port));
                at += -Math.log(1 - random.nextDouble()) * SECOND / perSecondEach;
            }
        }
        return this;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Newcomers, each of whom loads a page of so many requests within a fifth of a second on six connections. */
    RequestScene sendPages(
            int firstSource, double pagesPerSecond, int requests, long fromNanos, long toNanos, Maker maker) {
        int source = firstSource;
        double at = fromNanos;
        while (at < toNanos) {
            for (int n = 0; n < requests; n++) {
                long atNanos = (long) (at + n * 200.0 * MILLISECOND / requests);
                sent.add(new Sent(
                        atNanos, 0, text(maker.make(random, source)), Application.HTTP_REQUEST, source, 1024 + n % 6));
            }
            source++;
            at += -Math.log(1 - random.nextDouble()) * SECOND / pagesPerSecond;
        }
        return this;
    }

    /** The same from one address: a NAT. */
    RequestScene sendFromOne(
            int who, int source, int senders, double perSecondEach, long fromNanos, long toNanos, Maker maker) {
        for (int sender = 0; sender < senders; sender++) {
            double at = fromNanos + random.nextDouble() * SECOND / perSecondEach;
            for (int n = 0; at < toNanos; n++) {
                int port = 1024 + sender * 40 + n / 200 % 40;
                sent.add(new Sent(
                        (long) at, who, text(maker.make(random, sender)), Application.HTTP_REQUEST, source, port));
                at += -Math.log(1 - random.nextDouble()) * SECOND / perSecondEach;
            }
        }
        return this;
    }

    /** What is left of the hop limit of everything that somebody sends. */
    RequestScene hops(int who, int left) {
        hopsLeft.put(who, left);
        return this;
    }

    /** So many sources were there before, whatever they did. */
    RequestScene knowing(int firstSource, int sources) {
        knownFrom = firstSource;
        knownTo = firstSource + sources - 1;
        return this;
    }

    /** So many addresses share what passes. */
    RequestScene ofAddresses(int active) {
        addresses = active;
        return this;
    }

    /** Learns until the alarm, judges from then on. */
    RequestScene run(long onsetNanos, long alarmNanos) {
        sent.sort(Comparator.comparingLong(Sent::atNanos));
        int floods = sent.stream().mapToInt(Sent::who).max().orElse(0) + 1;
        offered = new int[floods];
        dropped = new int[floods];
        banned = new int[floods];
        for (Sent request : sent) {
            long source = hash.address(0, request.source());
            boolean isDatagram = request.application() == Application.DNS_QUERY;
            long connection = isDatagram ? source : hash.endpoint(0, request.source(), request.port());
            read(request);
            double page = request.application() == Application.TLS_CLIENT_HELLO
                    ? RequestJudge.HANDSHAKES_OF_PAGE
                    : RequestJudge.REQUESTS_OF_PAGE;
            long network = hash.address(1, request.source() >> 8);
            judge.enter(0, 99, 98, network, page, request.atNanos());
            if (request.atNanos() < alarmNanos) {
                judge.learn(shape, source, connection);
                continue;
            }
            boolean isCounted = request.atNanos() >= alarmNanos + GRACE_NANOS;
            offered[request.who()] += isCounted ? 1 : 0;
            boolean isKnown = request.source() >= knownFrom && request.source() <= knownTo;
            RequestFinding finding = judge.judge(
                    shape, source, connection, true, isKnown, false, onsetNanos, THRESHOLD / addresses, 1, THRESHOLD);
            boolean isDropped = finding != RequestFinding.FAIR && finding != RequestFinding.USUAL;
            dropped[request.who()] += isCounted && isDropped ? 1 : 0;
            banned[request.who()] += finding.compareTo(RequestFinding.HOSTILE) > 0 ? 1 : 0;
        }
        return this;
    }

    private void read(Sent request) {
        byte[] payload = request.payload().getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(payload, 0, memory, ValueLayout.JAVA_BYTE, 0, payload.length);
        batch.frames = memory;
        batch.size = 1;
        batch.frameOffset[0] = 0;
        batch.payloadOffset[0] = 0;
        batch.payloadCaptured[0] = payload.length;
        batch.payloadLength[0] = payload.length;
        batch.timeToLive[0] = hopsLeft.getOrDefault(request.who(), 60);
        batch.application[0] = (byte) request.application().ordinal();
        if (request.application() == Application.DNS_QUERY) {
            int name = 12;
            while (payload[name] != 0) {
                name += 1 + payload[name];
            }
            batch.dnsNameOffset[0] = 12;
            batch.dnsNameLength[0] = name - 12 + 1;
            batch.dnsType[0] = payload[name + 2];
            batch.dnsFlags[0] = (payload[2] & 0xff) << 8 | payload[3] & 0xff;
        }
        if (!shape.read(batch, 0)) {
            throw new IllegalStateException("no request");
        }
    }

    /** Share of the requests under alarm that were dropped. */
    double droppedShare(int who) {
        return (double) dropped[who] / offered[who];
    }

    /** Requests for which its machine or its address can open no further connections. */
    int banned(int who) {
        return banned[who];
    }

    int offered(int who) {
        return offered[who];
    }

    /** A request's head; its last line is empty. */
    static byte[] http(String... lines) {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A question with EDNS or without. */
    static byte[] question(String name, int type, boolean hasEdns, int identifier) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {
            (byte) (identifier >> 8), (byte) identifier, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (hasEdns ? 1 : 0)
        });
        for (String label : name.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
        if (hasEdns) {
            out.writeBytes(new byte[] {0, 0, 41, 4, (byte) 0xd0, 0, 0, 0, 0, 0, 0});
        }
        return out.toByteArray();
    }

    /** A ClientHello that offers suites; its random differs each time. */
    static byte[] hello(Random random, int... suites) {
        byte[] body = new byte[HELLO_RANDOM - 5 + 32 + 1 + 2 + 2 * suites.length + 2 + 2];
        body[0] = 1;
        body[3] = (byte) (body.length - 4);
        body[4] = 3;
        body[5] = 3;
        for (int k = 0; k < 32; k++) {
            body[6 + k] = (byte) random.nextInt();
        }
        body[40] = (byte) (2 * suites.length);
        for (int k = 0; k < suites.length; k++) {
            body[41 + 2 * k] = (byte) (suites[k] >> 8);
            body[42 + 2 * k] = (byte) suites[k];
        }
        body[41 + 2 * suites.length] = 1;
        byte[] record = new byte[5 + body.length];
        record[0] = 22;
        record[1] = 3;
        record[2] = 1;
        record[4] = (byte) body.length;
        System.arraycopy(body, 0, record, 5, body.length);
        return record;
    }
}
