package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.weir.detector.testing.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Runs commands as the command line does, in this process. */
final class Weir {
    /**
     * What a command answered.
     *
     * @param out standard output
     * @param err standard error
     */
    record Answer(int status, String out, String err) {
        /** The lines of standard error. */
        List<String> problems() {
            return err.lines().toList();
        }

        Map<String, Object> json() {
            assertEquals(1, out.lines().count(), out);
            return Json.object(out);
        }

        Answer expect(int expected) {
            assertEquals(expected, status, this::toString);
            return this;
        }
    }

    /** The word alone: a file may well be named so. */
    private static final Pattern NULL = Pattern.compile("(?<![\\w/.-])null(?![\\w.-])");

    private Weir() {}

    /** Runs a command; whatever it does, it must not show a stack trace or send colour to what isn't a terminal. */
    static Answer run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        int status = Main.execute(new PrintWriter(out), new PrintWriter(err), texts);
        return checked(new Answer(status, out.toString(), err.toString()));
    }

    static Answer checked(Answer answer) {
        String all = answer.out + answer.err;
        assertFalse(all.contains("\tat "), () -> "a stack trace in " + answer);
        assertFalse(all.contains("Exception"), () -> "an exception in " + answer);
        assertFalse(all.contains("\u001b"), () -> "colour or cursor codes in " + answer);
        assertFalse(NULL.matcher(all).find(), () -> "a null in " + answer);
        return answer;
    }

    /** Simulates a short capture: the whole lasts 4 s, the flood from second 1 to 3. */
    static Path simulate(Path folder, String profile) {
        Path file = folder.resolve(profile + ".pcap");
        run("generate", profile, "--seconds", 4, "--out", file).expect(ExitStatus.DONE);
        return file;
    }
}
