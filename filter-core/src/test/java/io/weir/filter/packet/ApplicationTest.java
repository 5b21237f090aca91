package io.weir.filter.packet;

import static io.weir.filter.packet.Packets.ethernet4;
import static io.weir.filter.packet.Packets.ipv4;
import static io.weir.filter.packet.Packets.tcp;
import static io.weir.filter.packet.Packets.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ApplicationTest {
    private static final String HELLO_BODY = "0303" + "11".repeat(32) + "00" + "00021301" + "0100";

    private static Application inTcp(String payload) {
        return DecoderBench.application(DecoderBench.decode(ethernet4(ipv4(6, tcp(1, 7, 0x18, "", payload)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "GET /",
                "PUT /x HTTP/1.1",
                "POST /x HTTP/1.1",
                "HEAD /x HTTP/1.1",
                "DELETE /x HTTP/1.1",
                "OPTIONS /x HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "TRACE /x HTTP/1.1",
                "PATCH /x HTTP/1.1",
                "CONNECT example.com:443 HTTP/1.1",
                "CONNECT [::1]:443 HTTP/1.1",
                "GET http://example.com/ HTTP/1.1",
                "GET HTTPS://example.com/ HTTP/1.1",
                "PROPFIND / HTTP/1.1",
                "PROPPATCH / HTTP/1.1",
                "MKCOL / HTTP/1.1",
                "MKCALENDAR / HTTP/1.1",
                "COPY / HTTP/1.1",
                "MOVE / HTTP/1.1",
                "LOCK / HTTP/1.1",
                "UNLOCK / HTTP/1.1",
                "REPORT / HTTP/1.1",
                "SEARCH / HTTP/1.1",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0",
                "PRI * HTTP/2.0\r\n\r\n",
            })
    void recognisesHttpRequests(String payload) {
        assertEquals(Application.HTTP_REQUEST, inTcp(text(payload)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET ",
                "GET",
                "GET  /",
                "get / HTTP/1.1",
                "GETS / HTTP/1.1",
                "GET ftp://example.com/",
                "POSTAL / HTTP/1.1",
                "HTTP/1.1 200 OK\r\n",
                "OPTIONS * RTSP/1.0\r\n",
                "OPTIONS rtsp://example.com RTSP/1.0\r\n",
                "OPTIONS sip:a@example.com SIP/2.0\r\n",
                "GET * HTTP/1.1",
                "CONNECT /x HTTP/1.1",
                "PROPFUND / HTTP/1.1",
                "PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n",
                "PRI / HTTP/1.1\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
                "SSH-2.0-OpenSSH_9.9\r\n",
                "USER anonymous\r\n",
                "DELETED / ",
            })
    void otherTextIsNoHttpRequest(String payload) {
        assertEquals(Application.NONE, inTcp(text(payload)));
    }

    @Test
    void udpHasNoHttp() {
        String search = Packets.udp(1, 1900, text("GET / HTTP/1.1\r\n"));
        assertEquals(Application.NONE, DecoderBench.application(DecoderBench.decode(ethernet4(ipv4(17, search)))));
    }

    @ParameterizedTest
    @CsvSource({
        // record header, handshake header
        "160301002f, 0100002b, TLS_CLIENT_HELLO",
        "160303002f, 0100002b, TLS_CLIENT_HELLO",
        "160304002f, 0100002b, TLS_CLIENT_HELLO",
        "160300002f, 0100002b, TLS_CLIENT_HELLO",
        "1603010020, 0100002b, TLS_CLIENT_HELLO",
        "1603010030, 0100002b, NONE",
        "160305002f, 0100002b, NONE",
        "160201002f, 0100002b, NONE",
        "150301002f, 0100002b, NONE",
        "170303002f, 0100002b, NONE",
        "160301002f, 0200002b, NONE",
        "1603010000, 0100002b, NONE",
        "160301ffff, 010fffff, NONE",
        "160301002f, 01000028, NONE",
        "160301002f, 01ffffff, NONE",
    })
    void recognisesTlsClientHellos(String record, String handshake, Application application) {
        assertEquals(application, inTcp(record + handshake + HELLO_BODY));
    }

    @Test
    void clientHelloNeedsVersionAndSession() {
        assertEquals(Application.NONE, inTcp("160301002f" + "0100002b" + "0203" + HELLO_BODY.substring(4)));
        String longSession = HELLO_BODY.substring(0, 68) + "21" + HELLO_BODY.substring(70);
        assertEquals(Application.NONE, inTcp("160301002f" + "0100002b" + longSession));
        assertEquals(Application.TLS_CLIENT_HELLO, inTcp("160301002f" + "0100002b" + "0303"));
        assertEquals(Application.NONE, inTcp("160301002f" + "0100002b" + "03"));
    }
}
