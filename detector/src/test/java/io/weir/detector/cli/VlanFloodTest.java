package io.weir.detector.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.detector.testing.Json;
import io.weir.detector.testing.Skips;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A SYN flood whose frames have a VLAN tag, as on the trunk before a router. Needs no VLAN device: the kernel may lack them. */
class VlanFloodTest {
    private static final String CONFIG = """
            protect: [{ prefix: 198.51.100.0/24 }]
            run: { mode: %s }
            api: { socket: s }
            """;

    /** Sends SYNs of invented sources for so many seconds, and a datagram of a user every 20 ms; or counts both. */
    private static final String FRAMES = """
            cat > frames.py <<'PY'
            import random, socket, struct, sys, time
            def total(data):
                n = sum(struct.unpack('!%dH' % (len(data) // 2), data))
                while n >> 16: n = (n & 0xffff) + (n >> 16)
                return ~n & 0xffff
            def frame(source, protocol, body):
                ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body), random.getrandbits(16), 0, 64, protocol, 0, source, bytes([198, 51, 100, 9]))
                ip = ip[:10] + struct.pack('!H', total(ip)) + ip[12:]
                return bytes([2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1]) + struct.pack('!HHH', 0x8100, 0x2005, 0x0800) + ip + body
            def syn():
                source = struct.pack('!I', random.getrandbits(32) & 0x1ffff | 0xc6120000)
                tcp = struct.pack('!HHIIBBHHH', random.randrange(1024, 65535), 80, random.getrandbits(32), 0, 0x50, 2, 512, 0, 0)
                check = total(source + bytes([198, 51, 100, 9, 0, 6, 0, 20]) + tcp)
                return frame(source, 6, tcp[:16] + struct.pack('!H', check) + tcp[18:])
            user = frame(bytes([192, 0, 2, 7]), 17, struct.pack('!HHHH', 5000, 5001, 12, 0) + b'user')
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            wire.bind((sys.argv[2], 0 if sys.argv[1] == 'send' else 3))
            if sys.argv[1] == 'send':
                frames = [syn() for _ in range(4096)]
                began = time.time(); floods = users = 0
                while time.time() < began + float(sys.argv[3]):
                    for one in frames[floods % 4096:floods % 4096 + 64]: wire.send(one); floods += 1
                    if time.time() > began + users * 0.02: wire.send(user); users += 1
                    time.sleep(max(0, began + floods / 20000 - time.time()))
                print('sent', floods, users)
            else:
                wire.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
                wire.settimeout(1.5); floods = users = 0
                open('counting', 'w')
                try:
                    while True:
                        got = wire.recv(256)
                        got = got[12:] if got[12:14] != b'\\x81\\x00' else got[16:]
                        if got[2:3] == b'\\x45' and got[11:12] == b'\\x06': floods += 1
                        if got[11:12] == b'\\x11' and got.endswith(b'user'): users += 1
                except socket.timeout:
                    print('arrived', floods, users)
            PY
            play() {
              start --config $1.yaml
              at $a python3 frames.py send ea0 0.1 > /dev/null
              rm -f counting; at $b timeout 30 python3 frames.py count eb0 & counter=$!
              while [ ! -e counting ]; do sleep 0.02; done
              at $a python3 frames.py send ea0 3
              wait $counter
              stop; cp out $1.json
            }
            """;

    @TempDir
    private Path folder = Path.of("");

    private Map<String, Object> summary(String mode) throws Exception {
        return Json.object(Files.readString(folder.resolve(mode + ".json")));
    }

    @Test
    void isFoundAndDroppedInTheKernelBehindItsTags() throws Exception {
        Skips.unless(
                new ProcessBuilder("bash", "-c", "command -v python3").start().waitFor() == 0,
                "install python3, to send tagged frames");
        Files.writeString(
                folder.resolve("bridge.yaml"), CONFIG.formatted("bridge, interfaces: [ra0, rb0], failure: closed"));
        Files.writeString(folder.resolve("xdp.yaml"), CONFIG.formatted("xdp, interfaces: [ra0]"));
        String said = HostScript.run(folder, FRAMES + "play bridge; play xdp\n");

        for (String mode : new String[] {"bridge", "xdp"}) {
            Map<String, Object> summary = summary(mode);
            Map<String, Object> flood =
                    Json.asObject(Json.asArray(summary.get("floods")).getFirst());
            assertEquals("198.51.100.9", flood.get("dest_ip"), said);
            assertEquals("syn", Json.asObject(flood.get("flood")).get("kind"), said);
            // Sixty thousand came, nine tenths of them after it was found.
            assertTrue(Json.asLong(summary.get("offloaded")) > 20_000, summary::toString);
        }
        String bridged = said.lines()
                .filter(line -> line.startsWith("arrived "))
                .findFirst()
                .orElse("");
        String sent = said.lines()
                .filter(line -> line.startsWith("sent "))
                .findFirst()
                .orElse("");
        long leaked = Long.parseLong(bridged.split(" ")[1]);
        assertTrue(leaked < Long.parseLong(sent.split(" ")[1]) / 5, said);
        assertEquals(sent.split(" ")[2], bridged.split(" ")[2], said);
    }
}
