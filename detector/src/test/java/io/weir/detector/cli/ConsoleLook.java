package io.weir.detector.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** Whether the page can be read and used: on a phone, on a wide screen, in the dark, by keyboard. Keeps pictures. */
final class ConsoleLook {
    /** More than there are things to press. */
    private static final int MOST_STEPS = 300;

    /** What sticks out of the window, in nothing that scrolls. */
    private static final String TOO_WIDE = """
            const scrolls = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
              if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX)) return true; return false; };
            const page = document.documentElement.scrollWidth > innerWidth ? ['the page: ' + document.documentElement.scrollWidth] : [];
            return page.concat([...document.querySelectorAll('body *')].filter(e => e.getClientRects().length
              && !e.classList.contains('skip') && e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e))
              .map(e => e.tagName + '#' + e.id + '.' + e.className + ': ' + e.textContent.slice(0, 30)));
            """;

    /** Texts under the contrast that WCAG 2.2 asks for (1.4.3): 4.5, or 3 where large. */
    private static final String HARD_TO_READ = """
            const numbers = c => c.match(/[0-9.]+/g).map(Number);
            const light = c => { const [r, g, b] = numbers(c).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; const n = numbers(c);
              if (n.length < 4 || n[3] === 1) return c; } return getComputedStyle(document.documentElement).backgroundColor; };
            const bad = [];
            for (const e of document.querySelectorAll('body *')) {
              const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
              if (!own || !e.getClientRects().length) continue;
              const style = getComputedStyle(e);
              const [a, b] = [light(style.color), light(behind(e))];
              const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
              const size = parseFloat(style.fontSize);
              const isLarge = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
              if (ratio < (isLarge ? 3 : 4.5)) bad.push(e.tagName + '#' + e.id + ' ' + e.textContent.slice(0, 20) + ' ' + ratio.toFixed(2));
            }
            return bad;
            """;

    private static final String FOCUSED = """
            const e = document.activeElement;
            if (!e || e === document.body) return '';
            window.reached.add(e.tagName + (e.name || e.getAttribute('aria-label') || e.getAttribute('href') || e.textContent));
            const style = getComputedStyle(e);
            return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2 ? 'bare ' + e.tagName + '#' + e.id : 'seen';
            """;

    private static final String UNREACHED = """
            return [...document.querySelectorAll('a[href], button, input, select')]
              .filter(e => e.getClientRects().length && !e.disabled)
              .map(e => e.tagName + (e.name || e.getAttribute('aria-label') || e.getAttribute('href') || e.textContent))
              .filter(name => !window.reached.has(name));
            """;

    private final ChromeDriver browser;
    private final Path pictures;

    ConsoleLook(ChromeDriver browser, Path pictures) {
        this.browser = browser;
        this.pictures = pictures;
    }

    /** Says what it found wrong, each in one line. */
    void check() throws IOException, InterruptedException {
        List<Object> wide = new ArrayList<>();
        List<Object> faint = new ArrayList<>();
        for (String scheme : List.of("light", "dark")) {
            look(320, 640, scheme, "narrow-" + scheme, wide, faint);
            look(390, 844, scheme, "phone-" + scheme, wide, faint);
            look(768, 1024, scheme, "tablet-" + scheme, wide, faint);
            look(2560, 1440, scheme, scheme.equals("light") ? "wide" : "wide-dark", wide, faint);
        }
        emulate(1280, 1500, "light");
        System.out.println("too wide: " + wide);
        System.out.println("hard to read: " + faint);
        System.out.println("without focus: " + withoutFocus());
    }

    private void look(int width, int height, String scheme, String name, List<Object> wide, List<Object> faint)
            throws IOException, InterruptedException {
        emulate(width, height, scheme);
        Thread.sleep(1_200);
        found(TOO_WIDE).forEach(one -> wide.add(name + ": " + one));
        found(HARD_TO_READ).forEach(one -> faint.add(name + ": " + one));
        picture(browser, pictures.resolve(name + ".png"));
    }

    private List<?> found(String script) {
        return browser.executeScript(script) instanceof List<?> list ? list : List.of("no answer");
    }

    /** Goes through the page with the Tab key, then waits whether what is renewed keeps the focus. */
    private List<Object> withoutFocus() throws InterruptedException {
        List<Object> bare = new ArrayList<>();
        browser.executeScript("window.reached = new Set(); document.querySelector('.skip').focus()");
        // From its first link on, which is then reached again from the second.
        new Actions(browser)
                .sendKeys(Keys.TAB)
                .keyDown(Keys.SHIFT)
                .sendKeys(Keys.TAB)
                .keyUp(Keys.SHIFT)
                .perform();
        browser.executeScript(FOCUSED);
        for (int step = 0; step < MOST_STEPS; step++) {
            new Actions(browser).sendKeys(Keys.TAB).perform();
            String seen = String.valueOf(browser.executeScript(FOCUSED));
            if (seen.isEmpty()) {
                break;
            }
            if (!seen.equals("seen")) {
                bare.add(seen);
            }
        }
        bare.addAll(found(UNREACHED));
        browser.executeScript("document.querySelector('#history a').focus()");
        Thread.sleep(2_500);
        Object focused = browser.executeScript("return document.activeElement.getAttribute('href')");
        if (!String.valueOf(focused).startsWith("#flood=")) {
            bare.add("a link that was renewed lost the focus to " + focused);
        }
        return bare;
    }

    private void emulate(int width, int height, String scheme) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** The whole page, not only what fits the window. */
    static void picture(ChromeDriver browser, Path file) throws IOException {
        // What sticks to the window's top belongs to the page's.
        browser.executeScript("scrollTo(0, 0)");
        Files.createDirectories(file.getParent());
        Map<String, Object> answer = browser.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(String.valueOf(answer.get("data"))));
    }
}
