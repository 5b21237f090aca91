package io.weir.capture.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What mail and secure shell say; responses whose bytes lie in {@link Payloads#MEMORY}. */
final class TalkPayloads {
    /** A mail dialogue as RFC 5321 appendix D has it: the server first, then by turns. */
    final List<Response> mail;
    /** Bodies of mails. */
    final List<Response> mailBodies;
    /** The banners and the key exchange (RFC 4253 sections 4.2 and 7), the server first. */
    final List<Response> shellOpening;
    /** A keystroke and its echo, each a packet of 36 bytes. */
    final Response keystroke;
    /** What a command prints. */
    final List<Response> shellOutput;
    /** Attempts at a password. */
    final Response password;
    /** Bytes to fill a line with. */
    final Response bulk;
    /** Headers that have no end, and what slow clients add to them. */
    final Response openHeaders;

    final Response oneMoreHeader;
    final Response openBody;
    final Response oneMoreByte;
    /** As much of an answer as a slow reader has room for. */
    final Response bufferful;

    TalkPayloads(PayloadBank bank, Slice text, Slice opaque) {
        mail = texts(
                bank,
                "220 mail.example.com ESMTP Postfix\r\n",
                "EHLO mx.example.org\r\n",
                "250-mail.example.com\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                "MAIL FROM:<anna@example.org>\r\n",
                "250 2.1.0 Ok\r\n",
                "RCPT TO:<bert@example.com>\r\n",
                "250 2.1.5 Ok\r\n",
                "DATA\r\n",
                "354 End data with <CR><LF>.<CR><LF>\r\n",
                "",
                "250 2.0.0 Ok: queued as 4BcD3F1x2Yz\r\n",
                "QUIT\r\n",
                "221 2.0.0 Bye\r\n");
        byte[] head = ascii("From: Anna <anna@example.org>\r\nTo: bert@example.com\r\nSubject: minutes\r\n\r\n");
        Slice mailHead = bank.add(head);
        mailBodies = List.of(
                new Response(mailHead, new Slice(text.offset(), 1_800)),
                new Response(mailHead, new Slice(text.offset(), 9_000)),
                new Response(mailHead, new Slice(text.offset(), 60_000)));
        shellOpening = new ArrayList<>(texts(bank, "SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0-OpenSSH_9.9\r\n"));
        for (int length : new int[] {1080, 1536, 1208, 48, 500, 44, 44, 116}) {
            shellOpening.add(piece(opaque, length, length));
        }
        keystroke = piece(opaque, 11, 36);
        shellOutput = List.of(piece(opaque, 100, 120), piece(opaque, 300, 900), piece(opaque, 1500, 5_200));
        password = piece(opaque, 77, 148);
        bulk = new Response(new Slice(opaque.offset(), 0), opaque);
        openHeaders = texts(
                        bank,
                        "GET /?98341 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/4.0 (compatible; MSIE 8.0;"
                                + " Windows NT 6.1; Trident/4.0)\r\nReferer: TESTING_PURPOSES_ONLY\r\n")
                .getFirst();
        oneMoreHeader = texts(bank, "X-vU3bKx4: sW8eQ2\r\n").getFirst();
        openBody = texts(
                        bank,
                        "POST / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/4.0 (compatible; MSIE 8.0;"
                                + " Windows NT 6.1; Trident/4.0)\r\nReferer: TESTING_PURPOSES_ONLY\r\n"
                                + "Content-Length: 4096\r\nConnection: close\r\n"
                                + "Content-Type: application/x-www-form-urlencoded\r\n\r\nfoo=bar")
                .getFirst();
        oneMoreByte = texts(bank, "&Q=7").getFirst();
        bufferful = new Response(new Slice(text.offset(), 0), new Slice(text.offset(), 1_152));
    }

    private static Response piece(Slice from, int at, int lengthBytes) {
        return new Response(new Slice(from.offset() + at, 0), new Slice(from.offset() + at, lengthBytes));
    }

    private static List<Response> texts(PayloadBank bank, String... texts) {
        List<Response> responses = new ArrayList<>();
        for (String text : texts) {
            Slice slice = bank.add(ascii(text));
            responses.add(new Response(new Slice(slice.offset(), 0), slice));
        }
        return responses;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
