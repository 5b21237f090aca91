package io.weir.detector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * A person at the console, in a real browser inside the daemon's own network. Says on standard output what it has seen;
 * what it waits for and doesn't come ends it with an exception.
 */
final class ConsoleExercise {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChromeDriver browser;
    private final Path pictures;

    private ConsoleExercise(ChromeDriver browser, Path pictures) {
        this.browser = browser;
        this.pictures = pictures;
    }

    /** @param arguments the page, the tokens of who may operate and of who may view, and a folder for pictures */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + Files.createTempDirectory("weir-browser"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Path.of("/usr/bin/chromedriver").toFile())
                .build();
        ChromeDriver browser = new ChromeDriver(service, options);
        ConsoleExercise exercise = new ConsoleExercise(browser, Path.of(arguments[3]));
        try {
            exercise.play(arguments[0], arguments[1], arguments[2]);
        } catch (IllegalStateException never) {
            exercise.picture("failed");
            browser.manage().logs().get("browser").getAll().forEach(System.err::println);
            throw never;
        } finally {
            browser.quit();
        }
    }

    private void play(String page, String operate, String view) throws IOException, InterruptedException {
        browser.manage().window().setSize(new Dimension(1280, 1500));
        browser.get(page);
        signIn(operate);
        await("calm", () -> text("#active").equals("No flood."));
        picture("calm");
        await("flood", () -> text("#active").contains("UDP flood"));
        await("dropped", () -> text("#active").matches("(?s).*[1-9][0-9.]* % dropped.*"));
        picture("flood");
        browser.findElement(By.cssSelector("#active a")).click();
        await("details", () -> text("#flood").contains("Mitigation"));
        await("capture", () -> text("#flood").matches("(?s).*-udp\\.pcapng.*"));
        picture("details");
        emulate(390, 844, "dark");
        picture("phone-dark");
        emulate(1280, 1500, "light");
        browser.findElement(By.cssSelector("#ban [name=prefix]")).sendKeys("192.0.2.99");
        browser.findElement(By.cssSelector("#ban [name=reason]")).sendKeys("<b>by hand</b>");
        browser.findElement(By.cssSelector("#ban [name=preview]")).click();
        await("previewed", () -> text("#preview").matches("(?s)In the last .* sent [1-9].* packets .*"));
        browser.findElement(By.cssSelector("#ban button:not([type])")).click();
        await("banned", () -> text("#bans").contains("192.0.2.99/32"));
        await("escaped", () -> text("#bans").contains("<b>by hand</b>"));
        await("told", () -> text("#events").contains("192.0.2.99/32 banned"));
        browser.findElement(By.cssSelector("#limit [name=rate]")).sendKeys("3k");
        browser.findElement(By.cssSelector("#limit button:not([type])")).click();
        await("set", () -> text("#targets").contains("3k pps"));
        picture("thresholds");
        await("limited", () -> text("#limited").startsWith("Set: changed: thresholds"));
        await("lost", () -> browser.findElement(By.id("lost")).isDisplayed());
        await("back", () -> !browser.findElement(By.id("lost")).isDisplayed());
        browser.findElement(By.id("logout")).click();
        signIn(view);
        await("viewer", () -> text("#state").contains("dropping"));
        await("powerless", () -> !browser.findElement(By.id("ban")).isDisplayed());
        Object status = ((JavascriptExecutor) browser)
                .executeAsyncScript(
                        "const done = arguments[0]; fetch('/api/v1/bans', {method: 'POST', headers: {'Content-Type': "
                                + "'application/json', Authorization: 'Bearer ' + sessionStorage.getItem('token')}, "
                                + "body: '{\"prefix\":\"203.0.113.1\"}'}).then(answer => done(answer.status))");
        System.out.println("viewer's ban: " + status);
        List<Object> problems = browser.manage().logs().get("browser").getAll().stream()
                .filter(entry -> entry.getMessage().contains("Content Security Policy")
                        || entry.getMessage().contains("Uncaught"))
                .map(Object::toString)
                .map(Object.class::cast)
                .toList();
        System.out.println("defects: " + problems);
    }

    private void signIn(String token) throws InterruptedException {
        await("asked", () -> browser.findElement(By.id("login")).isDisplayed());
        browser.findElement(By.cssSelector("#login [name=token]")).sendKeys(token);
        browser.findElement(By.cssSelector("#login button")).click();
    }

    private String text(String selector) {
        WebElement element = browser.findElement(By.cssSelector(selector));
        return element.getText();
    }

    private void emulate(int width, int height, String scheme) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                java.util.Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                java.util.Map.of(
                        "features", List.of(java.util.Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    private void picture(String name) throws IOException, InterruptedException {
        Thread.sleep(1_200);
        Files.createDirectories(pictures);
        Files.write(pictures.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
    }

    private static void await(String what, BooleanSupplier seen) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isSeen(seen)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("never " + what);
            }
            Thread.sleep(50);
        }
        System.out.println("saw " + what);
    }

    /** A part of the page that is being replaced is looked for again. */
    private static boolean isSeen(BooleanSupplier seen) {
        try {
            return seen.getAsBoolean();
        } catch (WebDriverException replaced) {
            return false;
        }
    }
}
