package io.weir.detector.config.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixesTest {
    @Test
    void keepsWhatNoOtherHolds() {
        assertEquals(
                GroupText.prefixes("10.0.0.0/8", "11.0.0.0/9", "::/1", "8000::/128"),
                Prefixes.outermost(GroupText.prefixes(
                        "8000::/128", "10.1.0.0/16", "11.0.0.0/9", "10.0.0.0/8", "10.0.0.0/8", "::1/128", "::/1")));
    }

    @Test
    void cutsHolesOut() {
        assertEquals(
                GroupText.prefixes("10.0.0.0/25", "10.0.0.128/26", "10.0.0.224/27"),
                Prefixes.without(GroupText.prefix("10.0.0.0/24"), GroupText.prefixes("10.0.0.192/27", "11.0.0.0/8")));
        assertEquals(List.of(), Prefixes.without(GroupText.prefix("10.0.0.1/32"), GroupText.prefixes("10.0.0.1/32")));
        List<IpPrefix> all = Prefixes.without(GroupText.prefix("::/0"), GroupText.prefixes("2001:db8::1/128"));
        assertEquals(128, all.size());
    }

    @Test
    void leavesExactlyTheAddressesOutsideOfTheHoles() {
        Random random = new Random(41);
        for (int i = 0; i < 300; i++) {
            IpPrefix whole = GroupText.prefix("10.0.0.0/24");
            List<IpPrefix> holes = new ArrayList<>();
            for (int hole = random.nextInt(5); hole > 0; hole--) {
                int length = random.nextInt(24, 33);
                int start = random.nextInt(256) >>> 32 - length << 32 - length;
                holes.add(GroupText.prefix("10.0.0." + start + "/" + length));
            }
            List<IpPrefix> rest = Prefixes.without(whole, holes);
            for (int host = 0; host < 256; host++) {
                long low = IpAddress.mapped(0x0a00_0000 | host);
                boolean isOutside = holes.stream().noneMatch(hole -> hole.contains(0, low));
                assertEquals(
                        isOutside ? 1 : 0,
                        rest.stream().filter(prefix -> prefix.contains(0, low)).count());
            }
        }
    }
}
