package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Skips;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is told to stop while it starts: whenever that is, nothing of it is left in the kernel. */
class StartSignalTest {
    private static final String CONFIG = """
            protect: [{ prefix: 198.51.100.0/24 }]
            run: { mode: %s }
            state: %s
            api: { socket: s }
            """;

    /**
     * Signals so many ms after something of the daemon is in the kernel, as {@code MOMENTS} says, one daemon after the other, and for as many seconds as {@code BUDGET} says.
     */
    private static final String SIGNALS = """
            traces() {
              nft list ruleset; tc qdisc; tc filter show dev ra0 egress; ls /sys/fs/bpf
              for i in ra0 rb0; do
                ip -d link show $i; ethtool -k $i
                sysctl -a 2> /dev/null | grep -F ".$i."
              done
            }
            touched() { nft list tables 2> /dev/null | grep -q weir || ip -d link show ra0 | grep -q 'xdp\\|promiscuity 1'; }
            printf '#!/bin/sh\nexec setpriv --bounding-set -bpf,-sys_admin "%s" "$@"\n' "$JAVA" > nobpf; chmod +x nobpf
            traces > before
            set -- xdp bridge nftables queue nftables
            for moment in $MOMENTS; do
              [ $SECONDS -lt $BUDGET ] || break
              kind=$1; shift; set -- "$@" $kind
              java=$JAVA; [ $kind = nftables ] && java=./nobpf
              : > log
              "$java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$CLASSES" $MAIN run --json --config $kind.yaml > out 2> log & weir=$!
              if [ $moment -lt 0 ]; then
                sleep 0.$((-moment))
              else
                until touched; do kill -0 $weir || { cat log; exit 1; }; sleep 0.01; done
                sleep $((moment / 1000)).$(printf '%03d' $((moment % 1000)))
              fi
              kill $weir; status=0; wait $weir || status=$?
              traces > after
              diff before after || { echo "left by $kind"; exit 1; }
              begun=starting; grep -q '^weir: [a-z]* on ' log && begun=begun
              echo "$kind $moment $status $begun"
            done
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void leavesNothingWheneverItIsToldToStop() throws Exception {
        Skips.unless(
                Files.isExecutable(Path.of("/usr/bin/setpriv")) && Files.isExecutable(Path.of("/usr/sbin/ethtool")),
                "install util-linux (setpriv) and ethtool, to stop a daemon at its start");
        Files.writeString(folder.resolve("queue.yaml"), CONFIG.formatted("queue, interfaces: [ra0]", "q"));
        Files.writeString(folder.resolve("xdp.yaml"), CONFIG.formatted("xdp, interfaces: [ra0]", "x"));
        Files.writeString(folder.resolve("nftables.yaml"), CONFIG.formatted("queue, interfaces: [ra0]", "n"));
        Files.writeString(
                folder.resolve("bridge.yaml"),
                CONFIG.formatted("bridge, interfaces: [ra0, rb0], failure: closed", "b"));
        // Another one of the moments each time, every 50 ms of the second that it takes; all of them where there is
        // time.
        boolean isLong = Boolean.getBoolean("weir.long");
        List<Integer> moments = new ArrayList<>(
                IntStream.rangeClosed(0, 24).mapToObj(i -> 50 * i).toList());
        Collections.shuffle(moments);
        if (isLong) {
            moments.addAll(List.copyOf(moments));
            moments.addAll(List.copyOf(moments));
        }
        // Before it has anything in the kernel, too.
        moments.add(2, -300);
        moments.add(5, -999);
        String said = HostScript.run(
                folder,
                "MOMENTS='" + moments.stream().map(Object::toString).collect(Collectors.joining(" "))
                        + "'; BUDGET=$((SECONDS + " + (isLong ? 150 : 18) + "))\n" + SIGNALS);
        List<String> stops = said.lines().toList();
        assertTrue(stops.size() >= 2, said);
        for (String stop : stops) {
            String[] words = stop.split(" ");
            assertEquals(4, words.length, said);
            // By the signal only as long as it has nothing to take away.
            assertTrue(words[2].equals("0") || words[2].equals("143") && words[1].startsWith("-"), said);
        }
    }
}
