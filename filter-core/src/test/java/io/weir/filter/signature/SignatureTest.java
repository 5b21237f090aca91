package io.weir.filter.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignatureTest {
    private static Signature parse(String text) {
        return switch (Signature.parse(text)) {
            case Signature.Parsed.Valid valid -> valid.signature();
            case Signature.Parsed.Invalid invalid -> throw new AssertionError(text + ": " + invalid);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp flags syn, window 512, options none",
                "tcp flags syn, options mss+sack-permitted+timestamps+window-scale, mss 1460, window-scale 7",
                "tcp flags ack or psh+ack, ttl 50-64 or 128, acknowledgment 0",
                "tcp sequence destination, flags syn",
                "tcp flags none, source 203.0.113.0/24 or 2001:db8::/32",
                "udp source-port 53, length 1200-1500, payload 0x????8180",
                "udp destination-port 27015, payload \"GET / HTTP/1.1\"",
                "udp fragment later, length 1500",
                "icmp type 3, code 3, length 56",
                "icmpv6 type 128, echo-id 4660",
                "dns qname *.x.example.com, qtype any",
                "dns qname a\\.b\\044c\\\\.example, qtype 999, message response",
                "protocol 47, length 524"
            })
    void printsWhatItReads(String text) {
        String canonical = text.replace("protocol 47, ", "protocol 47 ");
        assertEquals(canonical, parse(canonical).toString());
    }

    @Test
    void everySignatureReadsBackAsItself() {
        SomeSignatures some = new SomeSignatures(new Random(4));
        for (int n = 0; n < 20_000; n++) {
            Signature signature = some.next();
            assertEquals(signature, parse(signature.toString()), signature::toString);
        }
    }

    @Test
    void whatIsWrittenOtherwiseMeansTheSame() {
        assertEquals(parse("tcp ttl 1-9, window 512"), parse("tcp  ttl 5-9 or 1-5 ,  window 512 or 512"));
        assertEquals(parse("dns qname *.example.com"), parse("dns qname *.EXAMPLE.com."));
        assertEquals(parse("udp payload 0x41424344"), parse("udp payload \"ABCD\""));
        assertEquals(parse("udp payload 0x41"), parse("udp payload 0x41????"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "## | 1 | is no protocol; write tcp, udp",
                "tpc flags syn | 1 | 'tpc' is no protocol",
                "protocol 256 length 9 | 10 | a number from 0 to 255",
                "tcp | 4 | a field is missing; write one of length, ttl",
                "tcp windw 512 | 5 | 'windw' is no field of tcp; write one of length, ttl, ip-id",
                "udp window 512 | 5 | is no field of udp",
                "tcp window | 11 | a value is missing; write a number from 0 to 65535",
                "tcp window 65536 | 12 | no value of window",
                "tcp window 9-3 | 12 | is no range",
                "tcp window 3-70000 | 14 | no value of window",
                "tcp window 007 | 12 | no value of window",
                "tcp flags syn+sny | 11 | none, or some of syn, fin",
                "tcp flags syn+syn | 11 | none, or some of syn, fin",
                "tcp window 512 ttl 64 | 16 | write a comma before the next field",
                "tcp window 512, | 16 | a field is missing",
                "tcp window 512, window 513 | 17 | window is given twice",
                "tcp source 203.0.113.1/24 | 12 | has host bits",
                "udp payload 0x123 | 13 | 1 to 16 bytes",
                "udp payload 0x???? | 13 | 1 to 16 bytes",
                "udp payload \"open | 13 | 1 to 16 bytes",
                "dns qname *..com | 11 | no domain name",
                "tcp ttl 1, length 2, window 3, mss 4, ip-id 5 | 39 | more than 4 fields",
                "tcp ttl 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8 or 9 | 49 | more than 8 values",
                "udp source-port 53 | 1 | alone are no signature",
                "icmp type 8, code 0 | 1 | alone are no signature",
                "tcp flags syn, destination-port 80 | 1 | alone are no signature",
                "tcp flags syn+ece+cwr | 1 | alone are no signature",
                "tcp ttl 0-255 | 1 | would match what everybody sends",
                "dns message query | 1 | would match what everybody sends"
            })
    void saysWhatIsWrongAndWhere(String text, int character, String problem) {
        Signature.Parsed.Invalid invalid =
                assertInstanceOf(Signature.Parsed.Invalid.class, Signature.parse(text), text);
        assertEquals(character, invalid.position() + 1, invalid::toString);
        assertTrue(invalid.problem().contains(problem), invalid::toString);
    }

    @Test
    void everyCutOfASignatureIsReadOrRefusedInPlace() {
        SomeSignatures some = new SomeSignatures(new Random(5));
        for (int n = 0; n < 300; n++) {
            String text = some.next().toString();
            for (int length = 0; length < text.length(); length++) {
                String cut = text.substring(0, length);
                if (Signature.parse(cut) instanceof Signature.Parsed.Invalid invalid) {
                    assertTrue(invalid.position() <= length, cut);
                } else {
                    assertEquals(parse(cut), parse(parse(cut).toString()));
                }
            }
        }
    }

    @Test
    void noSignatureIsMadeOfAFieldThatItsProtocolLacks() {
        List<Term> window = List.of(new Term.Numeric(Field.WINDOW, NumberSet.of(512)));
        assertThrows(IllegalArgumentException.class, () -> new Signature(Head.UDP, window));
        assertThrows(IllegalArgumentException.class, () -> new Signature(Head.TCP, List.of()));
    }
}
