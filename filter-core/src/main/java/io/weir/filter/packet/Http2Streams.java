package io.weir.filter.packet;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Finds the requests in HTTP/2 connections in clear text (RFC 9113), begun by the client's preface or met in their middle.
 *
 * <pre>
 *  | length 3 | type 1 | flags 1 | R, stream 4 | payload |
 * </pre>
 *
 * <p>Frames are followed by sequence numbers, so that what is retransmitted counts once; behind a gap they are found again
 * where a segment begins like one. Frames that cost the server something and ask for nothing (pings,
 * settings, priorities, continuations, data without any) count as requests beyond {@value #FREE_CONTROLS} a second of a
 * connection.
 *
 * <p>One thread. A fixed table, 4-way set-associative: of a set that is full, whoever has asked for nothing, then whoever
 * was silent for longest, gives way, and is met in its middle when it goes on.
 */
public final class Http2Streams {
    private static final int HTTP_REQUEST = Application.HTTP_REQUEST.ordinal();
    private static final int HTTP2_REQUEST = Application.HTTP2_REQUEST.ordinal();
    private static final int WAYS = 4;
    private static final int ENTRIES = 1 << 14;
    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int FRAME_TYPE = 3;
    /** SETTINGS_MAX_FRAME_SIZE unless a server said otherwise (RFC 9113 section 6.5.2); and more than any says. */
    private static final int USUAL_BYTES = 1 << 14;

    private static final int MOST_BYTES = 1 << 20;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    /** Flags: of data and headers; of settings and pings; of headers. */
    private static final int END_STREAM = 1;

    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITIZED = 32;

    /** As much as clients that measure their path by pings send (gRPC's: one each round trip). */
    private static final int FREE_CONTROLS = 100;

    /** Since the last ping: far more than the answer to that. */
    private static final int RECEIVED_BYTES = 1_024;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /** A request that is taken back in less time was never meant: people and deadlines take longer. */
    private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(16);
    /** Requests of a connection that are remembered, in about. */
    private static final int RECENT = 64;

    private static final int FEWEST_RESETS = 4;

    /** Bits of a connection: where frames begin isn't known; fields may have entered its table unseen. */
    private static final int LOST = 1;

    private static final int TABLE_LOST = 2;
    /** The server has answered as one that has procedures to call. */
    private static final int SERVED = 4;
    /** It was seen to begin, so that it is HTTP/2 for sure. */
    private static final int BEGUN = 8;

    /** {@code application/grpc}, coded (RFC 7541 appendix B) and plain: said once, it is in the table. */
    private static final long CODED_TYPE = 0x1d75_d062_0d26_3d4cL;

    private static final int CODED_TYPE_END = 0x4d65_64;
    private static final long PLAIN_TYPE = 0x6170_706c_6963_6174L;
    private static final long PLAIN_TYPE_END = 0x696f_6e2f_6772_7063L;
    private static final int TYPE_BYTES = 16;
    /** Behind the frame's header: servers say what it is among the first fields. */
    private static final int SEARCHED_BYTES = 128;

    /** The first request of a segment; and what is read for the table alone. */
    private final HpackBlock block = new HpackBlock();

    private final HpackBlock rest = new HpackBlock();
    private final long[] keys = new long[ENTRIES];
    private final long[] lastNanos = new long[ENTRIES];
    /** Sequence number of the first byte that hasn't been looked at: of a frame's header, or of the rest of one. */
    private final int[] next = new int[ENTRIES];
    /** A frame's header so far: up to eight bytes, and how many. */
    private final long[] header = new long[ENTRIES];

    private final byte[] headerBytes = new byte[ENTRIES];
    private final byte[] traits = new byte[ENTRIES];
    private final int[] lastStream = new int[ENTRIES];
    /** The last stream as it was a moment ago, and when. */
    private final int[] oldStream = new int[ENTRIES];

    private final long[] oldNanos = new long[ENTRIES];
    /** What the client had received when it last asked. */
    private final int[] acknowledged = new int[ENTRIES];

    /** What the client had received when it last sent a ping. */
    private final int[] measured = new int[ENTRIES];

    private final byte[] streams = new byte[ENTRIES];
    private final byte[] resets = new byte[ENTRIES];
    private final long[] controlNanos = new long[ENTRIES];
    private final int[] controls = new int[ENTRIES];
    private final int[] entered = new int[ENTRIES];
    private final long[] fields = new long[ENTRIES * HpackBlock.TABLE];
    private int tracked;

    // The segment that is being read.
    private int requests;
    private int inSegment;
    private boolean isBlockRead;
    private boolean isReset;

    /** Memory in bytes. */
    public static long sizeBytes() {
        return ENTRIES * (8L * HpackBlock.TABLE + 5 * 8 + 8 * 4 + 4);
    }

    /** Forgets everything: a new stream of packets begins. */
    public void restart() {
        Arrays.fill(keys, 0);
        tracked = 0;
    }

    /** Whether any connection is tracked: if not, only what begins one matters. */
    public boolean isTracking() {
        return tracked > 0;
    }

    /** Whether packet {@code i} begins a connection with the client's preface (RFC 9113 section 3.4). */
    public static boolean isPreface(PacketBatch batch, int i) {
        return batch.application[i] == HTTP_REQUEST
                && Bytes.i32(batch.frames, batch.frameOffset[i] + batch.payloadOffset[i]) == HttpRequestLine.PREFACE;
    }

    /**
     * Reads packet {@code i}, a proven TCP segment toward a server: its application and HTTP/2 columns then say what
     * requests begin in it.
     *
     * @param key keyed hash of the client's end of its connection
     */
    public void read(PacketBatch batch, int i, long key, long nowNanos) {
        boolean isPreface = isPreface(batch, i);
        boolean isFound = batch.application[i] == HTTP2_REQUEST;
        int at = find(key);
        if (at < 0 && (isPreface || isFound)) {
            at = enter(key, nowNanos);
            begin(at, batch.tcpSequence[i], isPreface ? BEGUN : TABLE_LOST);
        }
        if (at < 0) {
            return;
        }
        lastNanos[at] = nowNanos;
        requests = 0;
        inSegment = 0;
        isBlockRead = false;
        if (isPreface) {
            begin(at, batch.tcpSequence[i] + PREFACE, BEGUN);
        }
        if (batch.payloadLength[i] > 0) {
            frames(batch, i, at, isFound, nowNanos);
        }
        if (requests > 0) {
            note(batch, i, at);
        } else if (isFound) {
            batch.application[i] = (byte) Application.NONE.ordinal();
        }
        if ((batch.tcpFlags[i] & (TcpFlags.FIN | TcpFlags.RST | TcpFlags.SYN)) != 0) {
            forget(at);
        }
    }

    /**
     * Notes packet {@code i} of a server, with payload.
     *
     * @param key keyed hash of the client's end of its connection
     */
    public void readAnswer(PacketBatch batch, int i, long key) {
        int at = find(key);
        if (at < 0 || (traits[at] & SERVED) != 0) {
            return;
        }
        long payload = batch.frameOffset[i] + batch.payloadOffset[i];
        if (!mayHoldFields(batch, i, payload)) {
            return;
        }
        int end = Math.min(batch.payloadCaptured[i], SEARCHED_BYTES) - TYPE_BYTES;
        for (int k = 0; k <= end; k++) {
            long first = Bytes.i64(batch.frames, payload + k);
            if (first == CODED_TYPE && Bytes.i32(batch.frames, payload + k + Long.BYTES) >>> 8 == CODED_TYPE_END
                    || first == PLAIN_TYPE && Bytes.i64(batch.frames, payload + k + Long.BYTES) == PLAIN_TYPE_END) {
                traits[at] |= SERVED;
                return;
            }
        }
    }

    /** Whether a server's segment begins with a frame that fields may be in, or follow: most of what it sends is data. */
    private static boolean mayHoldFields(PacketBatch batch, int i, long payload) {
        if (batch.payloadCaptured[i] < FRAME_HEADER || Bytes.u8(batch.frames, payload) != 0) {
            return false;
        }
        int type = Bytes.u8(batch.frames, payload + FRAME_TYPE);
        return type == HEADERS || type == SETTINGS || type == PING || type == WINDOW_UPDATE;
    }

    /**
     * Forgets a connection that its server ended.
     *
     * @param key keyed hash of the client's end of its connection
     */
    public void end(long key) {
        int at = find(key);
        if (at >= 0) {
            forget(at);
        }
    }

    private void forget(int at) {
        keys[at] = 0;
        tracked--;
    }

    /** Of the first request of the packet that was read last: those behind it are taken for the same. */
    void copyTo(RequestShape shape) {
        block.copyTo(shape, requests, isReset);
    }

    private void begin(int at, int sequence, int bits) {
        next[at] = sequence;
        headerBytes[at] = 0;
        traits[at] = (byte) bits;
        lastStream[at] = 0;
        oldStream[at] = 0;
        oldNanos[at] = 0;
        streams[at] = 0;
        resets[at] = 0;
        controls[at] = 0;
        entered[at] = 0;
        measured[at] = 0;
    }

    private void frames(PacketBatch batch, int i, int at, boolean isFound, long nowNanos) {
        int sequence = batch.tcpSequence[i];
        int length = batch.payloadLength[i];
        int position = next[at] - sequence;
        if (position < 0 || (traits[at] & LOST) != 0) {
            traits[at] |= LOST | TABLE_LOST;
            if (!isFound && ((traits[at] & BEGUN) == 0 || !isAligned(batch, i, lastStream[at]))) {
                return;
            }
            traits[at] &= ~LOST;
            headerBytes[at] = 0;
            position = 0;
        }
        if (position >= length) {
            return; // it has been seen, or is within a frame
        }
        long payload = batch.frameOffset[i] + batch.payloadOffset[i];
        int captured = batch.payloadCaptured[i];
        while (position < captured) {
            int count = headerBytes[at];
            long bits = count == 0 ? 0 : header[at];
            while (count < FRAME_HEADER - 1 && position < captured) {
                bits = bits << Byte.SIZE | Bytes.u8(batch.frames, payload + position++);
                count++;
            }
            if (position == captured) {
                header[at] = bits;
                headerBytes[at] = (byte) count;
                break;
            }
            int stream = ((int) bits << Byte.SIZE | Bytes.u8(batch.frames, payload + position++)) & 0x7fff_ffff;
            headerBytes[at] = 0;
            int frameLength = (int) (bits >>> 40);
            if (frameLength > MOST_BYTES) {
                traits[at] |= LOST | TABLE_LOST; // no server takes it: so it wasn't a frame, or the server never saw it
                position = length;
                break;
            }
            long end = payload + Math.min((long) captured, position + (long) frameLength);
            boolean isWhole = position + (long) frameLength <= captured;
            frame(batch, i, at, bits, stream, payload + position, end, isWhole, nowNanos);
            position += frameLength;
        }
        if (captured < length && position < length) {
            traits[at] |= LOST | TABLE_LOST;
        }
        next[at] = sequence + Math.max(position, length);
    }

    /**
     * Whether frames of a client seem to begin where packet {@code i} does, in a connection that is HTTP/2: of what is
     * uploaded hardly anything looks so.
     */
    private static boolean isAligned(PacketBatch batch, int i, int lastStream) {
        if (batch.payloadCaptured[i] < FRAME_HEADER) {
            return false;
        }
        long payload = batch.frameOffset[i] + batch.payloadOffset[i];
        long bits = Bytes.i64(batch.frames, payload);
        int length = (int) (bits >>> 40);
        int flags = (int) (bits >>> 24) & 0xff;
        int stream = (int) bits << Byte.SIZE | Bytes.u8(batch.frames, payload + FRAME_HEADER - 1);
        boolean isOfClient = (stream & 1) != 0;
        return stream >= 0
                && switch ((int) (bits >>> 32) & 0xff) {
                    case HEADERS ->
                        length > 0
                                && length <= USUAL_BYTES
                                && isOfClient
                                && stream > lastStream
                                && (flags & ~(END_STREAM | END_HEADERS | PADDED | PRIORITIZED)) == 0;
                    case PRIORITY -> length == 5 && isOfClient && flags == 0;
                    case RST_STREAM -> length == 4 && isOfClient && flags == 0;
                    case WINDOW_UPDATE -> length == 4 && flags == 0;
                    case SETTINGS -> length <= USUAL_BYTES && length % 6 == 0 && stream == 0 && flags <= ACK;
                    case PING -> length == 8 && stream == 0 && flags <= ACK;
                    default -> false;
                };
    }

    private void frame(
            PacketBatch batch,
            int i,
            int at,
            long bits,
            int stream,
            long payload,
            long end,
            boolean isWhole,
            long nowNanos) {
        int flags = (int) (bits >>> 24) & 0xff;
        switch ((int) (bits >>> 32) & 0xff) {
            case HEADERS -> headers(batch, i, at, flags, stream, payload, end, isWhole, nowNanos);
            case RST_STREAM -> reset(batch, i, at, stream, nowNanos);
            case DATA -> control(at, bits >>> 40 == 0 && (flags & END_STREAM) == 0, nowNanos);
            case SETTINGS -> control(at, (flags & ACK) == 0, nowNanos);
            case PING -> control(at, (flags & ACK) == 0 && !measures(batch, i, at), nowNanos);
            case PRIORITY -> control(at, true, nowNanos);
            case CONTINUATION -> {
                traits[at] |= TABLE_LOST;
                control(at, true, nowNanos);
            }
            default -> {}
        }
    }

    private void headers(
            PacketBatch batch,
            int i,
            int at,
            int flags,
            int stream,
            long payload,
            long end,
            boolean isWhole,
            long nowNanos) {
        boolean isRequest = stream > lastStream[at];
        boolean isKnown = (traits[at] & TABLE_LOST) == 0;
        int padding = (flags & PADDED) != 0 && payload < end ? 1 + Bytes.u8(batch.frames, payload) : 0;
        long from = payload + Math.min(padding, 1) + ((flags & PRIORITIZED) != 0 ? 5 : 0);
        long to = isWhole ? end - Math.max(0, padding - 1) : end;
        // Of the requests of a segment the first is told; but of all of them fields enter the table.
        boolean isTold = isRequest && !isBlockRead;
        if (isTold || isKnown) {
            HpackBlock reader = isTold ? block : rest;
            entered[at] = reader.read(batch.frames, from, to, fields, at * HpackBlock.TABLE, entered[at], isKnown);
            isBlockRead |= isTold;
        }
        if (!isWhole || (flags & END_HEADERS) == 0) {
            traits[at] |= TABLE_LOST;
        }
        if (!isRequest) {
            return;
        }
        requests++;
        inSegment++;
        acknowledged[at] = batch.tcpAcknowledgment[i];
        if (nowNanos - oldNanos[at] >= AT_ONCE_NANOS) {
            oldStream[at] = lastStream[at];
            oldNanos[at] = nowNanos;
        }
        lastStream[at] = stream;
        if (++streams[at] >= RECENT) {
            streams[at] = (byte) (streams[at] / 2);
            resets[at] = (byte) (resets[at] / 2);
        }
    }

    /** A request taken back counts as such where nothing has come since it was made. */
    private void reset(PacketBatch batch, int i, int at, int stream, long nowNanos) {
        boolean isAtOnce = stream > oldStream[at]
                && nowNanos - oldNanos[at] < 2 * AT_ONCE_NANOS
                && batch.tcpAcknowledgment[i] == acknowledged[at];
        if (isAtOnce && resets[at] < streams[at]) {
            resets[at]++;
        }
    }

    /** Whether a ping comes of what was received: so does a client that measures its path, once each round trip. */
    private boolean measures(PacketBatch batch, int i, int at) {
        boolean isReceiving = batch.tcpAcknowledgment[i] - measured[at] >= RECEIVED_BYTES;
        measured[at] = batch.tcpAcknowledgment[i];
        return isReceiving;
    }

    private void control(int at, boolean isCostly, long nowNanos) {
        if (!isCostly) {
            return;
        }
        if (controls[at] == 0 || nowNanos - controlNanos[at] >= SECOND) {
            controlNanos[at] = nowNanos;
            controls[at] = 0;
        }
        controls[at]++;
        requests += controls[at] > FREE_CONTROLS ? 1 : 0;
    }

    private void note(PacketBatch batch, int i, int at) {
        boolean isControl = inSegment < requests - inSegment;
        if (!isBlockRead) {
            block.beNone();
        }
        batch.application[i] = (byte) HTTP2_REQUEST;
        batch.http2Requests[i] = requests;
        batch.http2Path[i] = block.pathHash();
        batch.http2Names[i] = block.namesAndClient();
        isReset = !isControl && resets[at] >= FEWEST_RESETS && 2 * resets[at] >= streams[at];
        batch.http2Traits[i] = (block.isPost() ? Http2Traits.POST : 0)
                | (block.isCall() ? Http2Traits.CALL : 0)
                | (block.isForwarded() ? Http2Traits.FORWARDED : 0)
                | (isReset ? Http2Traits.RESET : 0)
                | (isControl ? Http2Traits.CONTROL : 0)
                | ((traits[at] & SERVED) != 0 ? Http2Traits.SERVED : 0);
    }

    private int find(long key) {
        int first = first(key);
        for (int at = first; at < first + WAYS; at++) {
            if (keys[at] == key) {
                return at;
            }
        }
        return -1;
    }

    private int enter(long key, long nowNanos) {
        int first = first(key);
        int oldest = first;
        for (int at = first; at < first + WAYS; at++) {
            if (keys[at] == 0) {
                oldest = at;
                break;
            }
            oldest = isLess(at, oldest) ? at : oldest;
        }
        tracked += keys[oldest] == 0 ? 1 : 0;
        keys[oldest] = key;
        lastNanos[oldest] = nowNanos;
        return oldest;
    }

    /** Whoever has asked for nothing gives way first. */
    private boolean isLess(int at, int other) {
        boolean hasAsked = lastStream[at] != 0;
        return hasAsked == (lastStream[other] != 0) ? lastNanos[at] < lastNanos[other] : !hasAsked;
    }

    private static int first(long key) {
        return (int) (key >>> 32 & ENTRIES / WAYS - 1) * WAYS;
    }
}
