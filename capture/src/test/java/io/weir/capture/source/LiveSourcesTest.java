package io.weir.capture.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.capture.linux.NetworkNamespace;
import io.weir.capture.linux.RingSettings;
import io.weir.capture.pcap.FilterException;
import io.weir.capture.pcap.PacketFilter;
import io.weir.capture.testing.Libpcap;
import io.weir.filter.packet.FrameDecoder;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.LinkType;
import io.weir.filter.packet.PacketBatch;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The live sources on a real interface, in a network of their own. */
class LiveSourcesTest {
    private NetworkNamespace network;

    @BeforeEach
    void make() throws IOException {
        network = NetworkNamespace.make();
    }

    @AfterEach
    void end() {
        network.close();
    }

    @Test
    void ringTakesWhatAFilterInTheKernelLets() throws Exception {
        Libpcap.assumeInstalled();
        RingSettings settings = RingSettings.of("lo")
                .withFilter(PacketFilter.of("--filter", "icmp[icmptype] == 0").inKernel(LinkType.ETHERNET));
        assertEquals(3, network.call(() -> {
            try (AfPacketSource source = AfPacketSource.open(List.of(settings))) {
                return icmpPackets(source, source::interrupt);
            }
        }));
    }

    @Test
    void filtersForTheKernelDoNotSpeakOfVlans() throws IOException {
        Libpcap.assumeInstalled();
        PacketFilter filter = PacketFilter.of("--filter", "vlan 5 and icmp");
        FilterException refused = assertThrows(FilterException.class, () -> filter.inKernel(LinkType.ETHERNET));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("--filter 'vlan 5 and icmp': 'vlan' can't"), message);
    }

    @Test
    void libpcapGivesTheSamePackets() throws Exception {
        Libpcap.assumeInstalled();
        assertEquals(6, network.call(() -> {
            try (Pcap4jSource source = Pcap4jSource.open("lo", 2048, "icmp")) {
                return icmpPackets(source, source::interrupt);
            }
        }));
    }

    @Test
    void libpcapRefusesAnExpressionThatItDoesNotKnow() throws Exception {
        Libpcap.assumeInstalled();
        network.call(() -> assertThrows(FilterException.class, () -> Pcap4jSource.open("lo", 2048, "icmp and")));
    }

    /** Pings itself, reads until it is quiet, and makes sure that an interrupted source ends. */
    private int icmpPackets(PacketSource source, Runnable interrupt) throws IOException {
        network.run("ping -c 3 -i 0.01 127.0.0.1");
        PacketBatch batch = new PacketBatch();
        FrameDecoder decoder = new FrameDecoder();
        int found = 0;
        long quietUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(40);
        while (System.nanoTime() < quietUntil) {
            if (source.fill(batch) > 0) {
                decoder.decode(batch);
                found += (int) Arrays.stream(batch.protocol, 0, batch.size)
                        .filter(protocol -> protocol == IpProtocol.ICMP)
                        .count();
            }
        }
        assertTrue(source.bytesRead() >= 3 * 98);
        interrupt.run();
        assertEquals(PacketSource.END, source.fill(batch));
        return found;
    }
}
