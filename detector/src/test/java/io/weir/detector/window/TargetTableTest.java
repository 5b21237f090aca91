package io.weir.detector.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.weir.filter.address.IpAddress;
import io.weir.filter.flow.FlowHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TargetTableTest {
    private static final int SLOTS = 64;
    private static final int NONE = TargetTable.NONE;

    private final TargetWindows windows = new TargetWindows(SLOTS, 1);
    private final TargetTable table = new TargetTable(SLOTS, windows, new FlowHash(1));
    private long nowNanos = TimeUnit.DAYS.toNanos(20_000);

    TargetTableTest() {
        windows.advance(nowNanos);
    }

    @Test
    void anAddressHasNoSlotBeforeItIsEntered() {
        assertEquals(NONE, find(1));
        int slot = enter(1);
        assertEquals(slot, find(1));
        assertEquals(slot, enter(1));
        assertEquals(0, table.addressHigh(slot));
        assertEquals(IpAddress.mapped(1), table.addressLow(slot));
    }

    @Test
    void theUnspecifiedAddressIsAnAddressLikeAnyOther() {
        assertEquals(NONE, table.find(0, 0));
        int slot = table.enter(0, 0, nowNanos);
        assertEquals(slot, table.find(0, 0));
        assertEquals(NONE, find(0));
    }

    @Test
    void differentAddressesNeverShareASlot() {
        Map<Integer, Integer> owners = new HashMap<>();
        for (int address = 0; address < SLOTS; address++) {
            int slot = enter(address);
            if (slot != NONE) {
                assertEquals(null, owners.put(slot, address));
            }
        }
        owners.forEach((slot, address) -> assertEquals(slot, find(address)));
    }

    @Test
    void aSlotWhoseWindowsHaveRunEmptyGoesToTheNextAddress() {
        List<Integer> set = fullSet();
        int slot = find(set.getFirst());
        windows.count(slot, 0, 100);
        int newcomer = neighbour(set);
        assertEquals(NONE, enter(newcomer));
        nowNanos += 2 * TargetWindows.SLOW_WINDOW_NANOS + 1;
        windows.advance(nowNanos);
        set.subList(1, set.size()).forEach(this::enter);
        assertEquals(slot, enter(newcomer));
        assertEquals(NONE, find(set.getFirst()));
        assertEquals(0, windows.slowTotalPackets(slot));
        assertEquals(0, table.takeovers());
    }

    @Test
    void anAddressThatIsSeenKeepsItsSlotThoughNothingIsUnproven() {
        List<Integer> set = fullSet();
        nowNanos += 2 * TargetWindows.SLOW_WINDOW_NANOS + 1;
        windows.advance(nowNanos);
        set.forEach(address -> table.noteSeen(find(address), nowNanos));
        assertEquals(NONE, enter(neighbour(set)));
    }

    @Test
    void aBusierAddressTakesTheSlotOfTheWeakestOfItsSet() {
        List<Integer> set = fullSet();
        for (int n = 0; n < set.size(); n++) {
            for (int packets = 0; packets < (n == 3 ? 5 : 100); packets++) {
                windows.count(find(set.get(n)), 0, 100);
            }
        }
        int slot = find(set.get(3));
        int newcomer = neighbour(set);
        for (int packets = 1; packets < 16; packets++) {
            assertEquals(NONE, enter(newcomer));
        }
        assertEquals(slot, enter(newcomer));
        assertEquals(1, table.takeovers());
        assertEquals(0, windows.slowTotalPackets(slot));
        assertEquals(NONE, find(set.get(3)));
    }

    @Test
    void aLighterAddressTakesNobodysSlot() {
        List<Integer> set = fullSet();
        set.forEach(address -> {
            for (int packets = 0; packets < 1_000; packets++) {
                windows.count(find(address), 0, 100);
            }
        });
        int newcomer = neighbour(set);
        for (int packets = 0; packets < 900; packets++) {
            assertEquals(NONE, enter(newcomer));
        }
        assertEquals(0, table.takeovers());
    }

    @Test
    void aHeldSlotIsNeverTakenUntilEveryHoldIsReleased() {
        List<Integer> set = fullSet();
        set.forEach(address -> table.hold(find(address)));
        table.hold(find(set.getFirst()));
        int newcomer = neighbour(set);
        nowNanos += TimeUnit.DAYS.toNanos(400);
        windows.advance(nowNanos);
        for (int packets = 0; packets < 10_000; packets++) {
            assertEquals(NONE, enter(newcomer));
        }
        table.release(find(set.getFirst()));
        assertEquals(NONE, enter(newcomer));
        int slot = find(set.getFirst());
        table.release(slot);
        assertEquals(slot, enter(newcomer));
    }

    @Test
    void aNewOwnerOfASlotHasNotAnsweredYet() {
        List<Integer> set = fullSet();
        int slot = find(set.getFirst());
        table.noteAnswer(slot, nowNanos);
        assertEquals(nowNanos, table.lastAnswerNanos(slot));
        nowNanos += 2 * TargetWindows.SLOW_WINDOW_NANOS + 1;
        windows.advance(nowNanos);
        set.subList(1, set.size()).forEach(this::enter);
        assertEquals(slot, enter(neighbour(set)));
        assertEquals(Long.MIN_VALUE, table.lastAnswerNanos(slot));
    }

    /** One packet in a hundred goes to the same address, the others each to another of a million. */
    @Test
    void aHeavyTargetAmongAMillionLightOnesIsWatched() {
        TargetWindows many = new TargetWindows(4_096, 1);
        TargetTable large = new TargetTable(4_096, many, new FlowHash(1));
        SplittableRandom random = new SplittableRandom(5);
        int heavy = 0x0a00_0001;
        int packets = 0;
        int watched = 0;
        for (int n = 0; n < 1_000_000; n++) {
            nowNanos += 1_000;
            many.advance(nowNanos);
            boolean isHeavy = random.nextInt(100) == 0;
            int address = isHeavy ? heavy : 0x0b00_0000 + n;
            int slot = large.enter(0, IpAddress.mapped(address), nowNanos);
            if (slot != NONE) {
                many.count(slot, 0, 60);
            }
            if (isHeavy && n > 100_000) {
                packets++;
                watched += slot == NONE ? 0 : 1;
            }
        }
        assertEquals(packets, watched, "of the heavy target's packets, so many found its slot");
        assertNotEquals(NONE, large.find(0, IpAddress.mapped(heavy)));
    }

    /** Addresses that share a set and fill it. */
    private List<Integer> fullSet() {
        Map<Integer, List<Integer>> sets = new HashMap<>();
        for (int address = 1; ; address++) {
            List<Integer> set = sets.computeIfAbsent(setOf(address), key -> new ArrayList<>());
            set.add(address);
            if (set.size() == 8) {
                set.forEach(member -> assertNotEquals(NONE, enter(member)));
                return set;
            }
        }
    }

    private static int setOf(int address) {
        long key = new FlowHash(1).address(0, IpAddress.mapped(address));
        return (int) (key >>> 32) & SLOTS / 8 - 1;
    }

    private static int neighbour(List<Integer> set) {
        int address = set.getLast() + 1;
        while (setOf(address) != setOf(set.getFirst())) {
            address++;
        }
        assertTrue(!set.contains(address));
        return address;
    }

    private int find(int address) {
        return table.find(0, IpAddress.mapped(address));
    }

    private int enter(int address) {
        return table.enter(0, IpAddress.mapped(address), nowNanos);
    }
}
