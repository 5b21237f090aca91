package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.bytes;
import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.tcp;
import static io.weir.filter.packet.Packets.text;
import static io.weir.filter.packet.Packets.u16;
import static io.weir.filter.packet.Packets.u8;
import static io.weir.filter.packet.Packets.udp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestShapeTest {
    private static final String AGENT = "User-Agent: Firefox/140.0";
    private static final String ACCEPT = "Accept: */*";

    /** A shape's four hashes and its requests. */
    private record Read(long software, long stack, long object, long group, int requests) {}

    private static Read read(String frame) {
        RequestShape shape = new RequestShape();
        assertTrue(shape.read(DecoderBench.decode(frame), 0), frame);
        return new Read(shape.software(), shape.stack(), shape.object(), shape.group(), shape.requests());
    }

    private static String frame(String payload) {
        return ethernet4(ipv4(6, tcp(1, 7, 0x18, "", payload)));
    }

    private static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private static Read http(String... lines) {
        return read(frame(text(head(lines))));
    }

    private static Read dns(String name, int type, int flags) {
        StringBuilder labels = new StringBuilder();
        for (String label : name.split("\\.", -1)) {
            labels.append(u8(label.length())).append(text(label));
        }
        String question = "1234" + u16(flags) + "0001000000000000" + labels + "00" + u16(type) + "0001";
        return read(ethernet4(ipv4(17, udp(40_000, 53, question))));
    }

    private static String hello(String suites, String extensions) {
        String body = "0303" + "ab".repeat(32) + "00" + u16(suites.length() / 2) + suites + "0100"
                + u16(extensions.length() / 2) + extensions;
        return "160301" + u16(4 + body.length() / 2) + "01" + "00" + u16(body.length() / 2) + body;
    }

    private static String extension(int type, String data) {
        return u16(type) + u16(data.length() / 2) + data;
    }

    @Test
    void ofAQueryTheNamesArePartOfWhatIsAskedFor() {
        Read plain = http("GET /search HTTP/1.1", "Host: a.example", AGENT);
        Read asked = http("GET /search?q=1&page=2 HTTP/1.1", "Host: a.example", AGENT);
        assertEquals(asked, http("GET /search?q=27&page= HTTP/1.1", "Host: a.example", AGENT));
        assertNotEquals(plain.object(), asked.object());
        assertNotEquals(
                asked.object(),
                http("GET /search?x7=1&page=2 HTTP/1.1", "Host: a.example", AGENT)
                        .object());
        assertEquals(plain.software(), asked.software());
        assertNotEquals(
                plain.object(),
                http("GET /search/1 HTTP/1.1", "Host: a.example", AGENT).object());
        assertNotEquals(
                plain.object(),
                http("POST /search HTTP/1.1", "Host: a.example", AGENT).object());
    }

    @Test
    void programsDifferByTheOrderOfTheirHeaders() {
        Read one = http("GET / HTTP/1.1", "Host: a", AGENT, ACCEPT);
        Read other = http("GET / HTTP/1.1", AGENT, "Host: a", ACCEPT);
        assertNotEquals(one.software(), other.software());
        assertNotEquals(one.stack(), other.stack());
        assertEquals(one.object(), other.object());
        assertEquals(one.group(), other.group());
    }

    @Test
    void aMadeUpAgentKeepsItsStack() {
        Read one = http("GET / HTTP/1.1", "Host: a", AGENT, ACCEPT);
        Read other = http("GET / HTTP/1.1", "Host: a", "User-Agent: x7", ACCEPT);
        assertNotEquals(one.software(), other.software());
        assertEquals(one.stack(), other.stack());
    }

    @Test
    void aCookieComesAndGoesWithinAStack() {
        Read one = http("GET / HTTP/1.1", "Host: a", AGENT, ACCEPT);
        Read other = http("GET / HTTP/1.1", "Host: a", "Cookie: b=1", AGENT, "Referer: /x", ACCEPT);
        assertEquals(one.stack(), other.stack());
        assertEquals(
                http("GET / HTTP/1.1", "Host: a", "Cookie: b=1").software(),
                http("GET / HTTP/1.1", "Host: a", "Cookie: c=27").software());
    }

    @Test
    void hostsAreGroups() {
        assertNotEquals(
                http("GET / HTTP/1.1", "Host: a").group(),
                http("GET / HTTP/1.1", "Host: b").group());
    }

    @Test
    void pipelinedRequestsAreCounted() {
        String one = head("GET / HTTP/1.1", "Host: a");
        assertEquals(1, read(frame(text(one))).requests());
        assertEquals(5, read(frame(text(one.repeat(5)))).requests());
        assertEquals(
                1, http("POST / HTTP/1.1", "Content-Length: 9", "", "GET no /").requests());
        String post = head("POST / HTTP/1.1", "Content-Length: 4") + "abcd";
        assertEquals(3, read(frame(text(post + post + one))).requests());
    }

    @Test
    void aHeadThatGoesOnInTheNextSegmentIsReadAsFarAsItIsHere() {
        Read cut = read(frame(text("GET /x HTTP/1.1\r\nHost: a\r\nUser-Ag")));
        assertEquals(http("GET /x HTTP/1.1", "Host: a").object(), cut.object());
        assertEquals(http("GET /x HTTP/1.1", "Host: a").group(), cut.group());
    }

    @Test
    void settingsOfHttp2NameTheProgram() {
        String preface = text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        Read one = read(frame(preface + "00000c040000000000000300000064000400100000"));
        Read other = read(frame(preface + "00000c040000000000000300000065000400100000"));
        assertNotEquals(one.software(), other.software());
        assertEquals(one.object(), other.object());
    }

    @Test
    void namesAreTheSameInWhateverCase() {
        assertEquals(dns("www.example.com", 1, 0x100), dns("wWw.eXample.COM", 1, 0x100));
        assertNotEquals(
                dns("www.example.com", 1, 0x100).object(),
                dns("www.example.com", 28, 0x100).object());
        assertNotEquals(
                dns("www.example.com", 1, 0x100).software(),
                dns("www.example.com", 1, 0).software());
    }

    @Test
    void randomLabelsShareTheirZone() {
        Read one = dns("a1b2.www.example.com", 1, 0);
        Read other = dns("x9.example.com", 1, 0);
        assertEquals(one.group(), other.group());
        assertNotEquals(one.object(), other.object());
        assertNotEquals(one.group(), dns("x9.example.org", 1, 0).group());
        assertNotEquals(
                dns("a.one.co.uk", 1, 0).group(), dns("a.two.co.uk", 1, 0).group());
    }

    @Test
    void everyLengthOfNameHasAZone() {
        for (String name : List.of("com", "example.com", "uk", "co.uk")) {
            assertNotEquals(0, dns(name, 1, 0).group());
        }
    }

    @Test
    void shuffledExtensionsAndGreaseAreTheSameProgram() {
        String suites = "13011302c02b";
        String groups = extension(10, "0004001d0017");
        String tickets = extension(35, "");
        Read one = read(frame(hello(suites, groups + tickets)));
        assertEquals(one, read(frame(hello("0a0a" + suites, tickets + extension(0x1a1a, "00") + groups))));
        assertNotEquals(one.software(), read(frame(hello(suites, groups))).software());
        assertNotEquals(
                one.software(),
                read(frame(hello(suites, extension(10, "0004001d0018") + tickets)))
                        .software());
        assertNotEquals(
                one.stack(),
                read(frame(hello("1302130113c0", groups + tickets))).stack());
    }

    @Test
    void aServersNameIsWhatAHelloAsksFor() {
        String suites = "13011302";
        Read one = read(frame(hello(suites, extension(0, "000600000" + "3616263"))));
        Read other = read(frame(hello(suites, extension(0, "0006000003616264"))));
        assertEquals(one.software(), other.software());
        assertNotEquals(one.object(), other.object());
    }

    @Test
    void aHelloThatGoesOnInAnotherSegmentIsKnownByItsSuites() {
        String whole = hello("13011302", extension(10, "0004001d0017") + extension(43, "00".repeat(900)));
        Read one = read(frame(whole.substring(0, 400)));
        Read other = read(frame(whole.substring(0, 600)));
        assertEquals(one.software(), other.software());
    }

    @Test
    void everyTruncationIsReadOrRefused() {
        List<String> frames = List.of(
                frame(text(head("GET /a?b HTTP/1.1", "Host: a", AGENT, "Cookie: c"))),
                frame(hello("13011302", extension(0, "0006000003616263") + extension(10, "0004001d0017"))),
                ethernet4(ipv4(17, udp(4, 53, Packets.DNS_QUERY + "0000291000000000000000"))));
        RequestShape shape = new RequestShape();
        int read = 0;
        for (String whole : frames) {
            byte[] frame = bytes(whole);
            for (int captured = 0; captured <= frame.length; captured++) {
                PacketBatch batch = new DecoderBench().decode(LinkType.ETHERNET, frame, captured, frame.length);
                read += shape.read(batch, 0) ? 1 : 0;
                if (batch.application[0] == Application.HTTP_REQUEST.ordinal()) {
                    assertEquals(0, RequestHead.awaited(batch, 0));
                }
            }
        }
        assertTrue(read > frames.size(), "only " + read + " were read");
    }

    @Test
    void whatIsNoRequestHasNoShape() {
        assertFalse(new RequestShape().read(DecoderBench.decode(ethernet4(Packets.UDP)), 0));
    }
}
