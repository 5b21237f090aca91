package io.weir.detector.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.source.CaptureException;
import io.weir.capture.source.CaptureFileSource;
import io.weir.capture.source.PacketSource;
import io.weir.detector.testing.Skips;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.flow.FlowTimeouts;
import io.weir.filter.flow.FlowTracker;
import io.weir.filter.flow.Relation;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.Http2Streams;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Reason;
import io.weir.filter.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * nginx asked by programs that speak HTTP/2 in clear text: as many requests are found as tshark finds header frames. How
 * the programs end doesn't matter (curl 7.88 fails at times); what they sent does.
 */
class Http2ProgramsTest {
    private static final int PORT = 8_080;
    private static final String SCRIPT = """
            set -e
            trap 'kill $nginx $dump 2>/dev/null || true' EXIT
            ip link set lo up
            ip link set lo mtu 1500
            cat > nginx.conf <<END
            worker_processes 1; daemon off; pid $PWD/nginx.pid; error_log $PWD/nginx.err;
            events { worker_connections 1024; }
            http { access_log off; root $PWD; server { listen 8080 http2; location / { return 200 "$(seq 400)"; } } }
            END
            nginx -e "$PWD/nginx.err" -c "$PWD/nginx.conf" & nginx=$!
            tcpdump -i lo -w capture.pcap -B 32768 -U tcp 2> dump.log & dump=$!
            while ! grep -q listening dump.log; do sleep 0.05; done
            while ! [ -s nginx.pid ]; do sleep 0.05; done
            curl -s -o /dev/null --http2-prior-knowledge http://127.0.0.1:8080/a?b=c || true
            curl -s -o /dev/null --http2-prior-knowledge -d x=1 http://127.0.0.1:8080/form || true
            if command -v h2load > /dev/null; then
              h2load -n 3000 -c 5 -m 100 http://127.0.0.1:8080/ > h2load.log || true
              nghttp -n http://127.0.0.1:8080/a http://127.0.0.1:8080/b http://127.0.0.1:8080/c?d=e || true
            fi
            sleep 0.5
            kill -INT $dump; wait $dump || true
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void requestsAreAsManyAsTsharkFinds(TestReporter reporter)
            throws IOException, InterruptedException, CaptureException {
        Skips.unless(
                "root".equals(System.getProperty("user.name"))
                        && run(
                                        "found",
                                        "for t in nginx curl tcpdump tshark unshare; do command -v $t || exit 1; done; unshare -n true")
                                == 0,
                "run as root, allowed to make network namespaces, with nginx, curl, tcpdump and tshark installed, to find requests of real programs in HTTP/2");
        assertEquals(
                0,
                run("script", "exec unshare -n bash -c '" + SCRIPT.replace("'", "'\\''") + "'"),
                () -> text("script"));
        run(
                "tshark",
                "tshark -r capture.pcap -d tcp.port==" + PORT + ",http2 -Y 'tcp.dstport==" + PORT
                        + " && http2.type==1' -T fields -e http2.type");
        long expected = text("tshark").chars().filter(c -> c == '1').count();
        long found = count(folder.resolve("capture.pcap"));
        reporter.publishEntry("requests", found + ", header frames by tshark " + expected);
        assertTrue(expected >= 2, () -> text("script"));
        assertEquals(expected, found);
    }

    private int run(String name, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(false)
                .redirectError(folder.resolve(name + ".err").toFile())
                .redirectOutput(folder.resolve(name).toFile())
                .start();
        try {
            return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private String text(String name) {
        try {
            return Files.readString(folder.resolve(name), StandardCharsets.ISO_8859_1)
                    + Files.readString(folder.resolve(name + ".err"), StandardCharsets.ISO_8859_1)
                            .replace('1', 'I');
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    private static long count(Path capture) throws CaptureException {
        FlowHash hash = new FlowHash(1);
        FlowTracker flows = new FlowTracker(hash, 10_000, FlowTimeouts.DEFAULT);
        Http2Streams streams = new Http2Streams();
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        long requests = 0;
        try (CaptureFileSource source = CaptureFileSource.open(List.of(capture.toString()))) {
            while (source.fill(batch) != PacketSource.END) {
                decoder.decode(batch);
                flows.prepare(batch, 0, batch.size);
                for (int i = 0; i < batch.size; i++) {
                    if (batch.protocol[i] == IpProtocol.TCP) {
                        long nanos = batch.timestampNanos[i];
                        int relation = flows.relate(batch, i, nanos, true);
                        if (batch.destinationPort[i] == PORT && Relation.isProven(relation)) {
                            streams.read(batch, i, hash.address(batch.sourceLow[i], batch.sourcePort[i]), nanos);
                            boolean isRequest = batch.application[i] == Application.HTTP2_REQUEST.ordinal();
                            requests += isRequest ? batch.http2Requests[i] : 0;
                        }
                        flows.commit(batch, i, nanos, relation, Verdict.of(Reason.ACCEPTED));
                    }
                }
            }
        }
        return requests;
    }
}
