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
        await("asked", () -> browser.findElement(By.id("login")).isDisplayed());
        picture("sign-in");
        signIn(operate);
        await("calm", () -> text("#active").equals("No flood."));
        picture("calm");
        await("flood", () -> text("#active").contains("UDP flood"));
        await("dropped", () -> text("#active").matches("(?s).*[1-9][0-9.]* % dropped.*"));
        picture("flood");
        browser.findElement(By.cssSelector("#active a")).click();
        await("details", () -> text("#flood").contains("Mitigation"));
        await("capture", () -> text("#flood").matches("(?s).*-udp\\.pcapng.*"));
        await(
                "timed",
                () -> browser.findElements(By.cssSelector("#timeline canvas")).size() == 1);
        picture("details");
        ConsoleLook look = new ConsoleLook(browser, pictures);
        look.check();
        limit();
        ban();
        connections();
        System.out.println("saw limited");
        await("lost", () -> browser.findElement(By.id("lost")).isDisplayed());
        picture("lost");
        await("back", () -> !browser.findElement(By.id("lost")).isDisplayed());
        browser.findElement(By.id("logout")).click();
        signIn(view);
        await("viewer", () -> text("#state").contains("dropping"));
        await("powerless", () -> !browser.findElement(By.id("ban")).isDisplayed());
        picture("viewer");
        triesToBan();
        List<Object> problems = browser.manage().logs().get("browser").getAll().stream()
                .filter(entry -> entry.getMessage().contains("Content Security Policy")
                        || entry.getMessage().contains("Uncaught"))
                .map(Object::toString)
                .map(Object.class::cast)
                .toList();
        System.out.println("defects: " + problems);
    }

    private void ban() throws IOException, InterruptedException {
        browser.findElement(By.cssSelector("#ban [name=prefix]")).sendKeys("192.0.2.99");
        browser.findElement(By.cssSelector("#ban [name=reason]")).sendKeys("<b>by hand</b>");
        browser.findElement(By.cssSelector("#ban [name=preview]")).click();
        await("previewed", () -> text("#preview").matches("(?s)In the last .* sent [1-9].* packets .*"));
        browser.findElement(By.cssSelector("#ban button:not([type])")).click();
        await("banned", () -> text("#bans").contains("192.0.2.99/32"));
        await("escaped", () -> text("#bans").contains("<b>by hand</b>"));
        await("told", () -> text("#events").contains("192.0.2.99/32 banned"));
        picture("ban");
    }

    private void limit() throws IOException, InterruptedException {
        WebElement rate = browser.findElement(By.cssSelector("#limit [name=rate]"));
        browser.findElement(By.cssSelector("#limit [name=class]")).sendKeys("udp");
        rate.sendKeys("300k");
        browser.findElement(By.cssSelector("#limit [name=check]")).click();
        await(
                "tried",
                () -> text("#limited")
                        .matches(
                                "(?s).*Of the [1-9].* packets of the last .*As it is: [1-9].* dropped.*With this: .*"));
        picture("tried");
        rate.clear();
        rate.sendKeys("3k");
        browser.findElement(By.cssSelector("#limit button:not([type])")).click();
        await("set", () -> text("#targets").contains("3k pps"));
        await("said", () -> text("#limited").startsWith("Set: changed: thresholds"));
        picture("thresholds");
    }

    private void connections() throws IOException, InterruptedException {
        browser.findElement(By.cssSelector("#find [name=port]")).sendKeys("443");
        browser.findElement(By.cssSelector("#find button")).click();
        await("connected", () -> text("#connections tbody").contains("198.51.100.9:443 open"));
        picture("connections");
    }

    private void triesToBan() {
        Object status = ((JavascriptExecutor) browser)
                .executeAsyncScript(
                        "const done = arguments[0]; fetch('/api/v1/bans', {method: 'POST', headers: {'Content-Type': "
                                + "'application/json', Authorization: 'Bearer ' + sessionStorage.getItem('token')}, "
                                + "body: '{\"prefix\":\"203.0.113.1\"}'}).then(answer => done(answer.status))");
        System.out.println("viewer's ban: " + status);
    }

    private void signIn(String token) throws InterruptedException {
        await("asked again", () -> browser.findElement(By.id("login")).isDisplayed());
        browser.findElement(By.cssSelector("#login [name=token]")).sendKeys(token);
        browser.findElement(By.cssSelector("#login button")).click();
    }

    private String text(String selector) {
        WebElement element = browser.findElement(By.cssSelector(selector));
        return element.getText();
    }

    private void picture(String name) throws IOException, InterruptedException {
        Thread.sleep(1_200);
        ConsoleLook.picture(browser, pictures.resolve(name + ".png"));
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
