package io.weir.detector.config;

import static io.weir.detector.config.ConfigAssertions.assertFaults;
import static io.weir.detector.config.ConfigAssertions.lines;
import static io.weir.detector.config.ConfigAssertions.loaded;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsReaderTest {
    @TempDir
    Path folder;

    @Test
    void tellsNobodyWhereNobodyIsNamed() throws IOException {
        assertEquals(AlertsConfig.NONE, loaded(folder, "{}").alerts());
        assertEquals(AlertsConfig.NONE, loaded(folder, "alerts: {}").alerts());
        assertEquals(TimeUnit.SECONDS.toNanos(10), AlertsConfig.NONE.everyNanos());
    }

    @Test
    void mapsEveryKey() throws IOException {
        Files.writeString(folder.resolve("hook.key"), "secret");
        Files.writeString(folder.resolve("hook.json"), "{\"text\": \"{{ summary }}\"}");
        Path script = Files.writeString(folder.resolve("notify.sh"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        assertEquals(
                new AlertsConfig(
                        TimeUnit.MINUTES.toNanos(1),
                        List.of(
                                new AlertsConfig.Webhook(
                                        URI.create("https://alerts.example.net/weir"),
                                        Optional.of(folder.resolve("hook.key")),
                                        new AlertTemplate("{\"text\": \"{{ summary }}\"}")),
                                new AlertsConfig.Webhook(
                                        URI.create("http://127.0.0.1:8080/"), Optional.empty(), AlertTemplate.DEFAULT)),
                        Optional.of(new SyslogTarget.Udp(new InetSocketAddress("192.0.2.5", 514))),
                        Optional.of(script)),
                loaded(
                                folder,
                                "alerts:",
                                "  every: 1m",
                                "  webhooks:",
                                "    - { url: https://alerts.example.net/weir, secret: hook.key, template: hook.json }",
                                "    - url: http://127.0.0.1:8080/",
                                "  syslog: 192.0.2.5:514",
                                "  script: notify.sh")
                        .alerts());
    }

    @Test
    void knowsThreeWaysToSyslog() throws IOException {
        InetSocketAddress six = new InetSocketAddress("2001:db8::5", 601);
        assertEquals(
                Optional.of(new SyslogTarget.Local(Path.of("/dev/log"))),
                loaded(folder, "alerts: { syslog: /dev/log }").alerts().syslog());
        assertEquals(
                Optional.of(new SyslogTarget.Tcp(six)),
                loaded(folder, "alerts: { syslog: 'tcp://[2001:db8::5]:601' }")
                        .alerts()
                        .syslog());
        assertEquals("tcp://[2001:db8:0:0:0:0:0:5]:601", new SyslogTarget.Tcp(six).toString());
    }

    @Test
    void saysWhatIsWrongAndWhatWouldBeRight() throws IOException {
        Files.writeString(folder.resolve("word.json"), "{\"text\": \"{{sumary}}\"}");
        Files.writeString(folder.resolve("quoted.json"), "{\"text\": {{summary}}}");
        Files.writeString(folder.resolve("two.json"), "{} {}");
        assertFaults(
                folder,
                lines(
                        "alerts:",
                        "  every: 10",
                        "  webhooks:",
                        "    - url: ftp://alerts.example.net/",
                        "    - secret: nowhere.key",
                        "    - { url: 'https://a b', template: word.json }",
                        "    - { url: https://h/, template: quoted.json }",
                        "    - { url: https://h/, template: two.json }",
                        "    - { url: https://h/, template: none.json }",
                        "  syslog: log.example.net:514",
                        "  script: weir.yaml"),
                "2: alerts.every: '10' must be a duration from 1s to 1h, such as 10s",
                "4: alerts.webhooks[0].url: 'ftp://alerts.example.net/' isn't known; write an address such "
                        + "as https://alerts.example.net/weir or the same with http",
                "5: alerts.webhooks[1].url: missing; give an address such as https://alerts.example.net/weir",
                "5: alerts.webhooks[1].secret: 'nowhere.key' can't be read; give a file with the secret "
                        + "that signs each request",
                "6: alerts.webhooks[2].url: 'https://a b' is no address: Illegal character in authority; "
                        + "write an address such as https://alerts.example.net/weir",
                "6: alerts.webhooks[2].template: 'word.json' {{sumary}} isn't known; known are "
                        + "{{summary}}, {{severity}}, {{host}}, {{alerts}}",
                "7: alerts.webhooks[3].template: 'quoted.json' isn't JSON once filled in, line 1; "
                        + "{{summary}}, {{severity}}, {{host}} go inside quotes, {{alerts}} without",
                "8: alerts.webhooks[4].template: 'two.json' holds 2 JSON values, not one; {{summary}}, "
                        + "{{severity}}, {{host}} go inside quotes, {{alerts}} without",
                "9: alerts.webhooks[5].template: 'none.json' doesn't exist; give the path of a template",
                "10: alerts.syslog: 'log.example.net:514' isn't known; write /dev/log, or an address and a "
                        + "port such as 192.0.2.5:514 or [2001:db8::5]:514, over TCP after tcp://",
                "11: alerts.script: 'weir.yaml' isn't a file that can be run; give a script, and chmod +x it");
    }
}
