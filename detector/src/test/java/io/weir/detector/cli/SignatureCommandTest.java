package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureCommandTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void printsASignatureForOtherFilters() {
        String signature = "udp source-port 123, length 468-482";
        assertEquals(signature + "\n", Weir.run("signature", signature).out());
        assertEquals(
                "(ip and ip[9] = 17 and udp[0:2] = 123 and ip[2:2] >= 468 and ip[2:2] <= 482) or (ip6 and ip6[6] = 17 and"
                        + " ip6[40:2] = 123 and (ip6[4:2] + 40) >= 468 and (ip6[4:2] + 40) <= 482)\n",
                Weir.run("signature", "--format", "bpf", signature).out());
        assertEquals(
                "meta l4proto 17 th sport 123 meta length 468-482\n",
                Weir.run("signature", "--format", "nft", signature).out());
    }

    @Test
    void namesWhatCantBeSaid() {
        Weir.Answer answer = Weir.run("signature", "--format", "bpf", "tcp mss 1460, ttl 64");
        assertTrue(answer.err().contains("can't say mss 1460"), answer::err);
        assertTrue(answer.out().contains("ip[8] = 64"), answer::out);
    }

    @Test
    void takesEachSignatureOfAFileOfEventsOnce() throws IOException {
        String event = "{\"event_type\":\"flood\",\"flood\":{\"signatures\":[{\"text\":\"tcp flags syn, window 512\"},"
                + "{\"text\":\"udp length 28\"}]}}\n";
        Path file = Files.writeString(folder.resolve("events.jsonl"), event + "{\"event_type\":\"stats\"}\n" + event);
        assertEquals(
                "tcp flags syn, window 512\nudp length 28\n",
                Weir.run("signature", file.toString()).out());
    }

    @Test
    void saysWhatIsWrongAndWhere() {
        Weir.Answer answer = Weir.run("signature", "udp source-port 53");
        assertEquals(ExitStatus.WRONG_USAGE, answer.status());
        assertTrue(answer.err().contains("at character 1: would match what everybody sends"), answer::err);
    }
}
