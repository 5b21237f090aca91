package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.bytes;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.tcp;
import static io.weir.filter.packet.Packets.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestHeadTest {
    private static PacketBatch packet(String payload) {
        return DecoderBench.decode(ethernet4(ipv4(6, tcp(1, 7, 0x18, "", text(payload)))));
    }

    private static long awaited(String payload) {
        return RequestHead.awaited(packet(payload), 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "HEAD / HTTP/1.1\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            })
    void nothingIsAwaitedOfAWholeRequest(String payload) {
        assertEquals(0, awaited(payload));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX-a: 1",
                "GET / HTTP/1.1\r\n\r",
                "POST / HTTP/1.1\r\nContent-Length: 3\r\n"
            })
    void aHeadWithoutItsBlankLineIsUnfinished(String payload) {
        assertEquals(RequestHead.UNFINISHED, awaited(payload));
    }

    @Test
    void aBodyIsAwaitedAsFarAsItIsMissing() {
        assertEquals(99, awaited("POST / HTTP/1.1\r\nContent-Length: 100\r\nHost: a\r\n\r\nx"));
        assertEquals(1L << 50, awaited("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"));
    }

    @Test
    void whatTheCaptureCutIsUnknown() {
        byte[] frame = bytes(ethernet4(ipv4(6, tcp(1, 7, 0x18, "", text("GET / HTTP/1.1\r\nHost: abc\r\n\r\n")))));
        PacketBatch batch = new DecoderBench().decode(LinkType.ETHERNET, frame, frame.length - 8, frame.length);
        assertEquals(0, RequestHead.awaited(batch, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "a: b\r\n\r\n", "\n", "a\n\nbody"})
    void aBlankLineEndsAHead(String payload) {
        assertEquals(true, RequestHead.endsHead(packet(payload), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: b\r\n", "X-a: 4821\r\n", "a", "\rb"})
    void aFurtherHeaderDoesNot(String payload) {
        assertEquals(false, RequestHead.endsHead(packet(payload), 0));
    }

    @Test
    void requestsBehindTheFirstAreCounted() {
        String one = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
        assertEquals(0, RequestHead.pipelined(packet(one), 0));
        assertEquals(4, RequestHead.pipelined(packet(one.repeat(5)), 0));
        assertEquals(0, RequestHead.pipelined(packet("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nGET no /"), 0));
    }

    @Test
    void whatABodyHoldsIsNoRequestAndWhatFollowsItIs() {
        String get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
        String mail = "POST / HTTP/1.1\r\nContent-Length: " + 2 * get.length() + "\r\n\r\n" + get + get;
        assertEquals(0, RequestHead.pipelined(packet(mail), 0));
        assertEquals(3, RequestHead.pipelined(packet(mail + mail + get + get), 0));
        String chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        String chunk = Integer.toHexString(get.length()) + "\r\n" + get + "\r\n";
        assertEquals(0, RequestHead.pipelined(packet(chunked + chunk + chunk), 0));
        assertEquals(2, RequestHead.pipelined(packet(chunked + chunk + "0\r\n\r\n" + get + get), 0));
        assertEquals(1, RequestHead.pipelined(packet(chunked + "0\r\n\r\n" + get), 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0-,5-0,5-1,5-2",
                "0-99, 50-149, 60-70, 65-66",
                "5-9,5-9,5-9,5-9",
            })
    void theSameBytesOverAndOverAreOverlappingRanges(String ranges) {
        for (String space : new String[] {"", " ", " \t "}) {
            assertTrue(isOverlapping("Range:" + space + "bytes=" + ranges + "\r\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Range: bytes=0-\r\n",
                "Range: bytes=0-99,200-299,400-499,600-699,800-899\r\n",
                "Range: bytes=0-99,50-149\r\n",
                "Range: bytes=3000-3999,2000-2999,1000-1999,0-999\r\n",
                "Range: bytes=-500\r\n",
                "Range: bytes=",
                "Ranges: bytes=0-,5-0,5-1,5-2\r\n",
            })
    void readersOfPartsAskForEachOnce(String field) {
        assertFalse(isOverlapping(field));
    }

    private static boolean isOverlapping(String field) {
        PacketBatch batch = packet(field);
        long at = batch.frameOffset[0] + batch.payloadOffset[0];
        return RequestHead.hasOverlappingRanges(batch.frames, at, at + batch.payloadCaptured[0]);
    }
}
