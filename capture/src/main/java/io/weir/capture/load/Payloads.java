package io.weir.capture.load;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What simulated packets carry: made once, the same for every seed, and only read. */
final class Payloads {
    /** All of it, in native memory. */
    static final MemorySegment MEMORY;
    /** Bytes without a pattern, for floods to cut pieces from. */
    static final Slice RANDOM;
    /** What pings carry. */
    static final Slice PING;
    /** GETs of legitimate browsers. */
    static final List<Template> REQUESTS;
    /** Likewise, each for one of many pages. */
    static final List<Template> PAGE_REQUESTS;
    /** The GET of a flood: each asks for something else, so that no cache helps. */
    static final Template FLOOD_REQUEST;
    /** Pages, small ones first. */
    static final List<Response> RESPONSES;

    static final Response FLOOD_RESPONSE;
    /** By ordinal of the {@link ClientStack}: what its browser greets with. */
    static final List<List<Template>> CLIENT_HELLOS;
    /** What a tool greets with. */
    static final Template TOOL_HELLO;

    /** The server's hello, certificate and the rest of its handshake. */
    static final Response SERVER_HELLO;
    /** The end of the client's handshake with its first request. */
    static final Template TLS_FIRST_REQUEST;

    static final List<Template> TLS_REQUESTS;
    static final List<Response> TLS_RESPONSES;
    /** What mail, shells and slow clients say. */
    static final TalkPayloads TALK;
    /** A form sent by a flood: random letters in JSON, as MHDDoS posts them. */
    static final Template FLOOD_POST;

    /** By request of a connection: those over HTTP/2 that are taken back at once. */
    static final List<Template> RESETS;

    static final Response RESET_RESPONSE;

    private static final int RANDOM_LENGTH = 65_536;
    private static final int PAGES = 24;
    private static final int SMALLEST_PAGE = 300;
    private static final double PAGE_GROWTH = 1.25;
    private static final int LARGEST_PAGE = 64_000;
    /** A record that fills one segment, as servers send them while a connection is young. */
    private static final int RECORD_LENGTH = 1369;

    private static final List<String> AGENTS = List.of(
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
                    + " Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
                    + " Version/18.5 Mobile/15E148 Safari/604.1");
    private static final List<String> PATHS = List.of(
            "/",
            "/index.html",
            "/assets/site.css",
            "/assets/app.js",
            "/images/logo.png",
            "/products?page=2",
            "/about",
            "/api/v1/items");

    static {
        PayloadBank bank = new PayloadBank();
        RANDOM = bank.add(TlsRecords.opaque(RANDOM_LENGTH, 1));
        PING = bank.add(pingBytes());
        REQUESTS = requests(bank);
        PAGE_REQUESTS = pageRequests(bank);
        FLOOD_REQUEST = floodRequest(bank);
        Slice text = bank.add(text());
        RESPONSES = responses(bank, text);
        FLOOD_RESPONSE = response(bank, text, 900);
        Slice records = records(bank);
        CLIENT_HELLOS = Arrays.stream(ClientStack.values())
                .map(stack -> TlsHellos.of(stack, "www.example.com").stream()
                        .map(hello -> clientHello(bank, hello))
                        .toList())
                .toList();
        TOOL_HELLO = clientHello(bank, TlsHellos.ofTool());
        SERVER_HELLO =
                new Response(bank.add(TlsRecords.serverHello(2)), new Slice(records.offset(), 2 * RECORD_LENGTH));
        byte[] finished = concat(TlsRecords.changeCipherSpec(), TlsRecords.applicationData(58, 3));
        TLS_FIRST_REQUEST = new Template(bank.add(concat(finished, TlsRecords.applicationData(517, 4))), false, 400);
        TLS_REQUESTS = tlsRequests(bank);
        TLS_RESPONSES = tlsResponses(records);
        TALK = new TalkPayloads(bank, text, RANDOM);
        FLOOD_POST = floodPost(bank);
        RESETS = Http2Frames.resets(HttpFlood.REQUESTS_PER_CONNECTION).stream()
                .map(bytes -> new Template(bank.add(bytes), false))
                .toList();
        RESET_RESPONSE = new Response(bank.add(Http2Frames.answer()), new Slice(0, 0));
        MEMORY = bank.toMemory();
    }

    private Payloads() {}

    /** What the browser of a stack greets with. */
    static Template clientHello(ClientStack stack, LoadRandom random) {
        List<Template> hellos = CLIENT_HELLOS.get(stack.ordinal());
        return hellos.get(hellos.size() == 1 ? 0 : random.nextInt(hellos.size()));
    }

    /** What a Linux ping carries after its time stamp: counting bytes. */
    private static byte[] pingBytes() {
        byte[] bytes = new byte[56];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static List<Template> requests(PayloadBank bank) {
        List<Template> requests = new ArrayList<>();
        for (String agent : AGENTS) {
            for (String path : PATHS) {
                requests.add(new Template(bank.add(get(path, agent)), false));
            }
        }
        return List.copyOf(requests);
    }

    private static List<Template> pageRequests(PayloadBank bank) {
        String start = "GET /articles/";
        return AGENTS.stream()
                .map(agent -> new Template(bank.add(get("/articles/00000000", agent)), true, start.length()))
                .toList();
    }

    private static byte[] get(String target, String agent) {
        return ascii("GET " + target + " HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: " + agent
                + "\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.5\r\n"
                + "Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n\r\n");
    }

    private static Template floodRequest(PayloadBank bank) {
        String start = "GET /search?q=";
        byte[] bytes = ascii(start + "00000000 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\n"
                + "Accept: */*\r\nConnection: keep-alive\r\n\r\n");
        return new Template(bank.add(bytes), true, start.length());
    }

    private static Template floodPost(PayloadBank bank) {
        String start =
                "POST /login HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nContent-Length: 44\r\n"
                        + "X-Requested-With: XMLHttpRequest\r\nContent-Type: application/json\r\n\r\n{\"data\": \"";
        int at = start.length();
        byte[] bytes = ascii(start + "0".repeat(32) + "\"}");
        return new Template(bank.add(bytes), true, at, at + 8, at + 16, at + 24);
    }

    private static List<Response> responses(PayloadBank bank, Slice text) {
        List<Response> responses = new ArrayList<>();
        double size = SMALLEST_PAGE;
        for (int i = 0; i < PAGES; i++) {
            responses.add(response(bank, text, (int) size));
            size *= PAGE_GROWTH;
        }
        return List.copyOf(responses);
    }

    private static Response response(PayloadBank bank, Slice text, int lengthBytes) {
        byte[] head = ascii("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n"
                + "Content-Length: " + lengthBytes + "\r\nConnection: keep-alive\r\n\r\n");
        return new Response(bank.add(head), new Slice(text.offset(), lengthBytes));
    }

    private static byte[] text() {
        String line = "<p>Water flows over the weir; what would flood the meadow is held back.</p>\n";
        return ascii(line.repeat(LARGEST_PAGE / line.length() + 1));
    }

    private static Slice records(PayloadBank bank) {
        int count = LARGEST_PAGE / RECORD_LENGTH + 1;
        Slice first = bank.add(TlsRecords.applicationData(RECORD_LENGTH, 100));
        for (int i = 1; i < count; i++) {
            bank.add(TlsRecords.applicationData(RECORD_LENGTH, 100 + i));
        }
        return new Slice(first.offset(), count * RECORD_LENGTH);
    }

    private static Template clientHello(PayloadBank bank, byte[] hello) {
        int[] places = new int[8];
        for (int i = 0; i < 4; i++) {
            places[i] = TlsRecords.RANDOM + 8 * i;
            places[i + 4] = TlsRecords.SESSION_ID + 8 * i;
        }
        return new Template(bank.add(hello), false, places);
    }

    private static List<Template> tlsRequests(PayloadBank bank) {
        List<Template> requests = new ArrayList<>();
        for (int i = 0; i < PATHS.size(); i++) {
            requests.add(new Template(bank.add(TlsRecords.applicationData(430 + 23 * i, 10 + i)), false, 100));
        }
        return List.copyOf(requests);
    }

    private static List<Response> tlsResponses(Slice records) {
        List<Response> responses = new ArrayList<>();
        for (Response plain : RESPONSES) {
            int count = plain.length() / RECORD_LENGTH + 1;
            responses.add(
                    new Response(new Slice(records.offset(), 0), new Slice(records.offset(), count * RECORD_LENGTH)));
        }
        return List.copyOf(responses);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }
}
