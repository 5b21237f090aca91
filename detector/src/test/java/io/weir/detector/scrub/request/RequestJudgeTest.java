package io.weir.detector.scrub.request;

import static io.weir.detector.scrub.request.RequestScene.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.Application;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users lose and what of a flood passes, by what the flood looks like. */
final class RequestJudgeTest {
    private static final long ONSET = 30 * SECOND;
    private static final long ALARM = ONSET + SECOND / 2;
    private static final long END = ONSET + 10 * SECOND;
    private static final long EARLY_ONSET = SECOND / 2;
    private static final int USERS = 1000;
    private static final int BOTS = 0x0b00_0000;
    private static final int NAT = 0x0c00_0001;
    private static final List<String> AGENTS = List.of("Firefox/140.0", "Chrome/140.0", "Safari/604.1", "Edge/139");
    private static final List<String> PATHS =
            List.of("/", "/index.html", "/site.css", "/app.js", "/logo.png", "/about", "/api/items", "/login");
    private static final Application HTTP = Application.HTTP_REQUEST;
    private static final Application DNS = Application.DNS_QUERY;
    private static final Application TLS = Application.TLS_CLIENT_HELLO;

    private static byte[] page(Random random, int sender) {
        String path = PATHS.get(random.nextInt(1 + random.nextInt(PATHS.size())));
        return browser(AGENTS.get(sender % AGENTS.size()), path, random.nextInt(3) > 0);
    }

    private static byte[] browser(String agent, String path, boolean hasCookie) {
        return hasCookie
                ? RequestScene.http(
                        "GET " + path + " HTTP/1.1",
                        "Host: www.example.com",
                        "User-Agent: " + agent,
                        "Accept: */*",
                        "Accept-Encoding: gzip",
                        "Cookie: a=b")
                : RequestScene.http(
                        "GET " + path + " HTTP/1.1",
                        "Host: www.example.com",
                        "User-Agent: " + agent,
                        "Accept: */*",
                        "Accept-Encoding: gzip");
    }

    private static byte[] tool(String agent, String path) {
        return RequestScene.http("GET " + path + " HTTP/1.1", "User-Agent: " + agent, "Host: www.example.com");
    }

    private static RequestScene users() {
        return new RequestScene().send(0, HTTP, 1, USERS, 0.3, 5, 0, END, RequestJudgeTest::page);
    }

    private static void assertSpared(RequestScene scene, double mostLost, double mostLeaked) {
        assertTrue(scene.offered(0) > 1000 && scene.offered(1) > 1000, "there is nothing to tell apart");
        assertTrue(scene.droppedShare(0) <= mostLost, () -> "users lost " + scene.droppedShare(0));
        assertTrue(1 - scene.droppedShare(1) <= mostLeaked, () -> "leaked " + (1 - scene.droppedShare(1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {750, 3_000, 40_000})
    void dropsAProgramThatNobodyUsedInPeace(int perSecond) {
        RequestScene scene = users().send(
                        1,
                        HTTP,
                        BOTS,
                        200,
                        perSecond / 200.0,
                        100,
                        ONSET,
                        END,
                        (random, sender) -> tool("tool/1", "/?" + random.nextInt()));
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.001);
    }

    @Test
    void dropsMadeUpUserAgents() {
        RequestScene scene = users().send(
                        1,
                        HTTP,
                        BOTS,
                        200,
                        15,
                        1,
                        ONSET,
                        END,
                        (random, sender) -> tool("tool/" + random.nextInt(), "/"));
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.01);
    }

    @Test
    void dropsWhatABrowserNeverAskedFor() {
        RequestScene scene = users().send(
                        1,
                        HTTP,
                        BOTS,
                        500,
                        6,
                        10,
                        ONSET,
                        END,
                        (random, sender) -> browser(AGENTS.get(0), "/xmlrpc.php", false));
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.03);
    }

    @Test
    void dropsRandomPathsOfAUsualBrowser() {
        RequestScene scene = users().send(
                        1,
                        HTTP,
                        BOTS,
                        500,
                        6,
                        10,
                        ONSET,
                        END,
                        (random, sender) -> browser(AGENTS.get(0), "/" + random.nextInt(), false));
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.03);
    }

    @Test
    void fewBotsThatMimicUsersLoseByTheirRate() {
        RequestScene scene = users().send(1, HTTP, BOTS, 30, 100, 1000, ONSET, END, RequestJudgeTest::page);
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.2);
    }

    @Test
    void learnsEnoughInHalfASecond() {
        long onset = SECOND / 2;
        RequestScene scene = new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, 10 * SECOND, RequestJudgeTest::page)
                .send(1, HTTP, BOTS, 200, 15, 100, onset, 10 * SECOND, (random, sender) -> tool("tool/1", "/"));
        assertSpared(scene.run(onset, onset + SECOND / 2), 0.001, 0.001);
    }

    @Test
    void whereAFloodLeavesAllThatIsAskedForCalmTheHeaviestLose() {
        RequestScene.Maker maker = (random, sender) ->
                browser(AGENTS.get(sender % AGENTS.size()), "/" + random.nextInt(400), random.nextInt(3) > 0);
        RequestScene scene = new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, ONSET, maker)
                .send(0, HTTP, 1_000_000, 600, 0.3, 5, ONSET, END, maker)
                .send(1, HTTP, BOTS, 120, 30, 100, ONSET, END, maker);
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.5);
    }

    @Test
    void newcomersToAllOfAPrefixMayAskForAsMuchAsItTakes() {
        RequestScene scene = new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, ONSET, RequestJudgeTest::page)
                .send(0, HTTP, 1_000_000, USERS, 0.3, 5, ONSET, END, RequestJudgeTest::page)
                .send(1, HTTP, BOTS, 200, 15, 100, ONSET, END, (random, sender) -> tool("tool/1", "/"))
                .ofAddresses(200);
        assertSpared(scene.run(ONSET, ALARM), 0, 0.001);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.45, 0.6})
    void newcomersLoadWholePages(double share) {
        double pages = share * RequestScene.THRESHOLD / 30;
        RequestScene scene = new RequestScene()
                .sendPages(1, pages, 30, 0, END, RequestJudgeTest::page)
                .send(1, HTTP, BOTS, 200, 15, 100, ONSET, END, (random, sender) -> tool("tool/1", "/"));
        assertSpared(scene.run(ONSET, ALARM), 0, 0.001);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "made up"})
    void afterHalfASecondOfPeaceManyLightBotsOfUnknownProgramsDontPass(String program) {
        RequestScene.Maker maker = (random, sender) -> {
            String path = PATHS.get(random.nextInt(1 + random.nextInt(PATHS.size())));
            return program.equals("unknown") ? browser("Opera/9", path, true) : tool("tool/" + random.nextInt(), path);
        };
        long onset = EARLY_ONSET;
        RequestScene scene = new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, END / 4, RequestJudgeTest::page)
                .send(1, HTTP, BOTS, 2_000, 1.4, 2, onset, END / 4, maker);
        assertSpared(scene.run(onset, onset + SECOND / 2), 0.001, 0.01);
    }

    @Test
    void aProgramThatNeverAskedForItIsSparedForOnePage() {
        RequestScene.Maker users = (random, sender) -> {
            String path = PATHS.get(random.nextInt(4) + (sender % 4 == 0 ? 0 : 4));
            return browser(AGENTS.get(sender % 4), path, true);
        };
        RequestScene scene = new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, END, users)
                .send(
                        1,
                        HTTP,
                        BOTS,
                        300,
                        8,
                        100,
                        ONSET,
                        END,
                        (random, sender) -> browser(AGENTS.get(0), PATHS.get(6), true));
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.2);
    }

    @Test
    void anUnknownHelloIsNewsAfterALongPeaceOfFewHandshakes() {
        RequestScene scene = new RequestScene()
                .send(0, TLS, 1, 10, 0.04, 1, 0, END, (random, sender) -> RequestScene.hello(random, 0x1301, 0x1302))
                .send(1, TLS, BOTS, 2_000, 0.2, 1, ONSET, END, (random, sender) -> RequestScene.hello(random, 0x1303));
        scene.run(ONSET, ALARM);
        assertTrue(scene.droppedShare(1) > 0.99, () -> "leaked " + (1 - scene.droppedShare(1)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void botsBehindTheAddressOfUsersLoseAlone(boolean isSharingProgram) {
        RequestScene scene = new RequestScene()
                .sendFromOne(0, 77, 1000, 1, 0, END, RequestJudgeTest::page)
                .sendFromOne(
                        1,
                        77,
                        20,
                        100,
                        ONSET,
                        END,
                        (random, sender) -> tool(isSharingProgram ? "bot" : "bot" + sender, "/"));
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.001);
    }

    @Test
    void aRandomLabelIsToldFromNamesThatAreAskedFor() {
        RequestScene scene = new RequestScene()
                .send(
                        0,
                        DNS,
                        1,
                        300,
                        1,
                        1,
                        0,
                        END,
                        (random, sender) -> RequestScene.question(
                                "h" + random.nextInt(50) + ".example.com", 1, true, random.nextInt()))
                .send(
                        1,
                        DNS,
                        1,
                        300,
                        12,
                        1,
                        ONSET,
                        END,
                        (random, sender) -> RequestScene.question(
                                "x" + random.nextInt() + ".example.com", 1, true, random.nextInt()));
        assertSpared(scene.run(ONSET, ONSET + SECOND / 4), 0.001, 0.001);
    }

    @Test
    void knownResolversKeepTheirQuestionsUnderAFloodOfTheSame() {
        RequestScene scene = new RequestScene()
                .send(
                        0,
                        DNS,
                        1,
                        300,
                        1,
                        1,
                        0,
                        END,
                        (random, sender) -> RequestScene.question(
                                "h" + random.nextInt(50) + ".example.com", 1, true, random.nextInt()))
                .send(
                        1,
                        DNS,
                        BOTS,
                        1 << 16,
                        0.1,
                        1,
                        ONSET,
                        END,
                        (random, sender) -> RequestScene.question(
                                "h" + random.nextInt(50) + ".example.com", 1, true, random.nextInt()));
        double offeredPerSecond = (1 << 16) * 0.1;
        assertSpared(scene.run(ONSET, ONSET + SECOND / 4), 0.001, 1.05 * RequestScene.THRESHOLD / offeredPerSecond);
    }

    @Test
    void dropsAQuestionThatNobodyAskedInPeace() {
        RequestScene scene = new RequestScene()
                .send(
                        0,
                        DNS,
                        1,
                        300,
                        1,
                        1,
                        0,
                        END,
                        (random, sender) -> RequestScene.question(
                                "h" + random.nextInt(50) + ".example.com", 1, true, random.nextInt()))
                .send(
                        1,
                        DNS,
                        BOTS,
                        1 << 16,
                        0.1,
                        1,
                        ONSET,
                        END,
                        (random, sender) -> RequestScene.question("example.com", 255, false, random.nextInt()));
        assertSpared(scene.run(ONSET, ONSET + SECOND / 4), 0.001, 0.001);
    }

    @Test
    void dropsAHelloThatNoBrowserSends() {
        RequestScene scene = new RequestScene()
                .send(
                        0,
                        TLS,
                        1,
                        USERS,
                        0.3,
                        1,
                        0,
                        END,
                        (random, sender) -> RequestScene.hello(random, 0x1301, 0x1302, 0xc02b + sender % 3))
                .send(
                        1,
                        TLS,
                        BOTS,
                        500,
                        10,
                        1,
                        ONSET,
                        END,
                        (random, sender) -> RequestScene.hello(random, 0xc030, 0xc02f, 0x009d));
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.001);
    }

    private static RequestScene handshakes() {
        return new RequestScene().send(0, TLS, 1, USERS, 0.3, 1, 0, END, RequestJudgeTest::hello);
    }

    private static byte[] hello(Random random, int sender) {
        return RequestScene.hello(random, 0x1301, 0x1302, 0xc02b + sender % 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 50, 250})
    void botsThatGreetAsBrowsersDoLoseByHowOftenTheyGreet(int perSecondEach) {
        RequestScene scene =
                handshakes().send(1, TLS, BOTS, 200, perSecondEach, 1, ONSET, END, RequestJudgeTest::hello);
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.4);
    }

    @Test
    void newUsersDontWaitForWhatBotsHaveUsedUp() {
        RequestScene scene = users().send(1, HTTP, BOTS, 200, 100, 1000, ONSET, END, RequestJudgeTest::page)
                .send(2, HTTP, 0x0c00_0000, 200, 0.5, 5, ONSET, END, RequestJudgeTest::page);
        assertSpared(scene.run(ONSET, ALARM), 0.001, 0.02);
        assertTrue(scene.droppedShare(2) < 0.05, () -> "newcomers lost " + scene.droppedShare(2));
    }

    @Test
    void whoWasThereBeforeWithoutAskingGoesBeforeNewcomers() {
        int known = 0x0c00_0000;
        int newcomers = 0x0d00_0000;
        RequestScene scene = users().knowing(known, 400)
                .send(1, HTTP, BOTS, 20_000, 1, 5, ONSET, END, RequestJudgeTest::page)
                .send(2, HTTP, known, 400, 3, 5, ONSET, END, RequestJudgeTest::page)
                .send(3, HTTP, newcomers, 400, 3, 5, ONSET, END, RequestJudgeTest::page);
        scene.run(ONSET, ALARM);
        assertTrue(scene.droppedShare(2) <= 0.001, () -> "the known lost " + scene.droppedShare(2));
        assertTrue(scene.droppedShare(3) > 0.5, "there was room for all");
    }

    @Test
    void resolversKnownFromPeaceGoBeforeNewOnesInACrowd() {
        RequestScene scene = new RequestScene()
                .send(0, DNS, 1, 300, 1, 1, 0, ONSET, RequestJudgeTest::usualQuestion)
                .send(0, DNS, 1, 300, 15, 1, ONSET, END, RequestJudgeTest::usualQuestion)
                .send(1, DNS, BOTS, 3000, 1, 1, ONSET, END, RequestJudgeTest::usualQuestion);
        scene.run(ONSET, ONSET + SECOND / 4);
        double known = scene.droppedShare(0);
        double fresh = scene.droppedShare(1);
        assertTrue(fresh > 0.2, "there was room for all");
        assertTrue(known < fresh, () -> "of the known " + known + " were lost, of the new " + fresh);
    }

    private static byte[] usualQuestion(Random random, int sender) {
        return RequestScene.question("h" + random.nextInt(50) + ".example.com", 1, true, random.nextInt());
    }

    /** Eight hundred names, the first far more often than the last. */
    private static byte[] oneOfManyNames(Random random, int sender) {
        int host = (int) Math.pow(800, random.nextDouble());
        return RequestScene.question("host-" + host + ".example.com", 1, true, random.nextInt());
    }

    private static byte[] madeUpName(Random random, int sender) {
        return RequestScene.question(
                Long.toString(random.nextLong(1L << 58, 1L << 60), 32) + ".example.com", 1, true, random.nextInt());
    }

    private static RequestScene questions(long learnedNanos) {
        return new RequestScene()
                .send(0, DNS, 1, 3000, 0.02, 1, 0, learnedNanos + 10 * SECOND, RequestJudgeTest::oneOfManyNames);
    }

    @Test
    void namesBuiltUnlikeTheFloodsPassThoughPeaceWasTooShortToKnowThem() {
        long onset = SECOND / 2;
        RequestScene scene = questions(onset)
                .send(1, DNS, BOTS, 1 << 15, 0.2, 1, onset, onset + 10 * SECOND, RequestJudgeTest::madeUpName);
        scene.run(onset, onset + SECOND / 5);
        assertTrue(scene.droppedShare(0) <= 0.02, () -> "users lost " + scene.droppedShare(0));
        assertTrue(scene.droppedShare(1) >= 0.999, () -> "leaked " + (1 - scene.droppedShare(1)));
    }

    @Test
    void strangersWhoMistypeAreToldFromAFloodByTheirSystems() {
        RequestScene scene = questions(ONSET)
                .send(1, DNS, BOTS, 1 << 15, 0.2, 1, ONSET, END, RequestJudgeTest::madeUpName)
                .send(2, DNS, 0x0c00_0000, 40, 0.1, 1, ONSET, END, RequestJudgeTest::madeUpName)
                .hops(1, 240);
        scene.run(ONSET, ONSET + SECOND / 4);
        assertEquals(0, scene.droppedShare(0));
        assertEquals(0, scene.droppedShare(2));
        assertTrue(scene.droppedShare(1) >= 0.999, () -> "leaked " + (1 - scene.droppedShare(1)));
    }

    @Test
    void strangersWhoMistypeOnceAreToldFromResolversThatNeverStop() {
        RequestScene scene = questions(ONSET)
                .send(1, DNS, BOTS, 300, 30, 1, ONSET, END, RequestJudgeTest::madeUpName)
                .send(2, DNS, 0x0c00_0000, 40, 0.1, 1, ONSET + 3 * SECOND, END, RequestJudgeTest::madeUpName);
        scene.run(ONSET, ONSET + SECOND / 4);
        assertTrue(scene.droppedShare(2) < 0.1, () -> "strangers lost " + scene.droppedShare(2));
        assertTrue(scene.droppedShare(1) >= 0.99, () -> "leaked " + (1 - scene.droppedShare(1)));
    }

    @Test
    void whoAsksAgainGoesBeforeSourcesThatAreNeverSeenTwice() {
        long onset = SECOND / 2;
        RequestScene scene = new RequestScene()
                .send(0, DNS, 1, 10, 3, 1, 0, onset, RequestJudgeTest::usualQuestion)
                .send(1, DNS, BOTS, 1 << 17, 0.05, 1, onset, onset + 10 * SECOND, RequestJudgeTest::usualQuestion)
                .send(2, DNS, 100, 50, 1, 1, onset, onset + 10 * SECOND, RequestJudgeTest::usualQuestion);
        scene.run(onset, onset + SECOND / 5);
        double again = scene.droppedShare(2);
        double once = scene.droppedShare(1);
        assertTrue(once > 0.4, () -> "there was room for all: " + once);
        assertTrue(again < 0.3, () -> "of those who ask again " + again + " were lost, of the others " + once);
    }

    @Test
    void aSourceThatSendsNothingElseIsAnOffender() {
        RequestScene scene = users();
        scene.send(1, HTTP, BOTS, 1, 1000, 1000, ONSET, END, (random, sender) -> tool("tool/1", "/"));
        scene.run(ONSET, ALARM);
        assertEquals(1, scene.droppedShare(1));
    }

    /** Most of what users ask for hasn't come in half a second. */
    @Test
    void afterHalfASecondOfPeaceBotsThatMimicUsersLoseByTheirRate() {
        String[] paths = IntStream.range(0, 30).mapToObj(n -> "/p" + n).toArray(String[]::new);
        RequestScene.Maker maker = (random, sender) ->
                browser(AGENTS.get(sender % AGENTS.size()), paths[random.nextInt(paths.length)], sender % 2 == 0);
        RequestScene scene = new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, END / 4, maker)
                .send(1, HTTP, BOTS, 200, 75, 100, EARLY_ONSET, END / 4, maker);
        assertSpared(scene.run(EARLY_ONSET, EARLY_ONSET + SECOND / 8), 0.02, 0.03); // what is usual and a little passes
    }

    @Test
    void afterHalfASecondOfPeaceHellosOfManyKindsAreNotCalmForBeingUnknown() {
        RequestScene.Maker maker = (random, sender) -> RequestScene.hello(random, 0x1301, 0x1302 + sender % 6);
        RequestScene scene = new RequestScene()
                .send(0, Application.TLS_CLIENT_HELLO, 1, 300, 0.05, 1, 0, END / 4, maker)
                .send(1, Application.TLS_CLIENT_HELLO, BOTS, 200, 50, 1, EARLY_ONSET, END / 4, maker);
        scene.run(EARLY_ONSET, EARLY_ONSET + SECOND / 8);
        assertTrue(scene.droppedShare(1) > 0.98, () -> "leaked " + (1 - scene.droppedShare(1)));
        assertTrue(scene.droppedShare(0) < 0.02, () -> "users lost " + scene.droppedShare(0));
    }

    private static RequestScene sharedAddress(int hopsLeftOfBots) {
        return users().sendFromOne(0, NAT, 20, 0.3, 0, END, RequestJudgeTest::page)
                .sendFromOne(1, NAT, 20, 75, ONSET, END, (random, sender) -> tool("Mozilla/5.0", "/search"))
                .send(1, HTTP, BOTS, 200, 75, 100, ONSET, END, (random, sender) -> tool("Mozilla/5.0", "/search"))
                .hops(0, 57)
                .hops(1, hopsLeftOfBots)
                .run(ONSET, ALARM);
    }

    @Test
    void aBotsMachineIsToldFromThoseOfUsersAtTheSameAddress() {
        RequestScene scene = sharedAddress(50);
        assertSpared(scene, 0, 0.001);
        assertEquals(0, scene.banned(0));
        assertTrue(scene.banned(1) > 0.99 * scene.offered(1), scene.banned(1) + " of " + scene.offered(1));
    }

    @Test
    void aBotsMachineLikeThoseOfUsersCantBeToldFromThem() {
        RequestScene scene = sharedAddress(57);
        assertSpared(scene, 0, 0.001);
        assertEquals(0, scene.banned(0));
    }
}
