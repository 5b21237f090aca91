package io.weir.detector.scrub.request;

import static io.weir.detector.scrub.request.RequestScene.SECOND;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.packet.Application;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Floods on sites with so many pages that each is rarely asked for. */
final class ManyPagesTest {
    private static final long ONSET = 40 * SECOND;
    private static final long ALARM = ONSET + SECOND / 2;
    private static final long END = ONSET + 5 * SECOND;
    private static final int USERS = 1000;
    private static final int NEWCOMERS = 1_000_000;
    private static final int BOTS = 0x0b00_0000;
    private static final List<String> AGENTS = List.of("Firefox/140.0", "Chrome/140.0", "Safari/604.1", "Edge/139");
    private static final Application HTTP = Application.HTTP_REQUEST;

    /** @param skew how unequal the pages are: 1 for all alike, 3 so that a tenth of them gets nearly half of all */
    private static RequestScene.Maker visitor(int pages, double skew) {
        return (random, sender) -> browser(sender, "/" + (int) (pages * Math.pow(random.nextDouble(), skew)));
    }

    private static byte[] browser(int sender, String path) {
        return RequestScene.http(
                "GET " + path + " HTTP/1.1",
                "Host: www.example.com",
                "User-Agent: " + AGENTS.get(sender % AGENTS.size()),
                "Accept: */*",
                "Accept-Encoding: gzip");
    }

    private static RequestScene site(int pages, double skew) {
        RequestScene.Maker visitor = visitor(pages, skew);
        return new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, END, visitor)
                .send(0, HTTP, NEWCOMERS, USERS / 5, 0.3, 5, ONSET, END, visitor);
    }

    @ParameterizedTest
    @CsvSource({
        "500, 1, 10",
        "2000, 1, 1.5",
        "2000, 1, 10",
        "2000, 1, 50",
        "1100, 1, 100",
        "2000, 3, 10",
        "5000, 2, 50",
        "20000, 1, 4",
        "20000, 1, 50",
        "100000, 3, 10"
    })
    void sparesUsersOfPagesThatAreAskedForAlike(int pages, double skew, double times) {
        RequestScene scene = site(pages, skew)
                .send(1, HTTP, BOTS, 200, times * RequestScene.THRESHOLD / 200, 100, ONSET, END, visitor(pages, skew));
        scene.run(ONSET, ALARM);
        double leaked = (1 - scene.droppedShare(1)) * times;
        assertTrue(scene.droppedShare(0) <= 0.001, () -> "users lost " + scene.droppedShare(0));
        assertTrue(leaked <= 1, () -> "leaked " + leaked + " of what the threshold admits");
    }

    @ParameterizedTest
    @CsvSource({"2000, 1, 4", "2000, 1, 10", "5000, 2, 10", "20000, 1, 10"})
    void sparesThemAfterHalfASecondOfPeace(int pages, double skew, double times) {
        long onset = SECOND / 2;
        RequestScene.Maker visitor = visitor(pages, skew);
        double perBot = times * RequestScene.THRESHOLD / 200;
        RequestScene scene = new RequestScene()
                .send(0, HTTP, 1, USERS, 0.3, 5, 0, 6 * SECOND, visitor)
                .send(1, HTTP, BOTS, 200, perBot, 100, onset, 6 * SECOND, visitor);
        scene.run(onset, onset + SECOND / 2);
        double leaked = (1 - scene.droppedShare(1)) * times;
        assertTrue(scene.droppedShare(0) <= 0.001, () -> "users lost " + scene.droppedShare(0));
        assertTrue(leaked <= 1, () -> "leaked " + leaked + " of what the threshold admits");
    }

    @Test
    void dropsPagesThatDontExist() {
        RequestScene scene = site(2_000, 1)
                .send(
                        1,
                        HTTP,
                        BOTS,
                        500,
                        30,
                        10,
                        ONSET,
                        END,
                        (random, sender) -> browser(sender, "/" + (1_000_000 + random.nextInt() / 2)));
        scene.run(ONSET, ALARM);
        assertTrue(scene.droppedShare(0) <= 0.001, () -> "users lost " + scene.droppedShare(0));
        assertTrue(scene.droppedShare(1) > 0.99, () -> "leaked " + (1 - scene.droppedShare(1)));
    }

    @Test
    void dropsOnePageThatIsRarelyAskedFor() {
        RequestScene scene =
                site(2_000, 1).send(1, HTTP, BOTS, 500, 30, 10, ONSET, END, (random, sender) -> browser(sender, "/7"));
        scene.run(ONSET, ALARM);
        assertTrue(scene.droppedShare(0) <= 0.003, () -> "users lost " + scene.droppedShare(0));
        assertTrue(scene.droppedShare(1) > 0.99, () -> "leaked " + (1 - scene.droppedShare(1)));
    }
}
