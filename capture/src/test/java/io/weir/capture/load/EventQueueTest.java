package io.weir.capture.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private record Planned(long time, long order, Actor actor) {}

    @Test
    void actorsComeByTimeAndThenByTheOrderOfPlanning() {
        EventQueue queue = new EventQueue();
        PriorityQueue<Planned> oracle =
                new PriorityQueue<>(Comparator.comparingLong(Planned::time).thenComparingLong(Planned::order));
        Random random = new Random(1);
        long order = 0;
        for (int i = 0; i < 50_000; i++) {
            int choice = queue.size() == 0 ? 0 : random.nextInt(4);
            // Few different times, so that many are the same.
            long time = (queue.size() == 0 ? 0 : queue.firstTime()) + random.nextInt(20);
            if (choice < 2) {
                Actor actor = (now, tap) -> Actor.NEVER;
                queue.plan(time, actor);
                oracle.add(new Planned(time, order++, actor));
                continue;
            }
            Planned first = oracle.remove();
            assertEquals(first.time(), queue.firstTime());
            assertEquals(first.actor(), queue.first());
            queue.replanFirst(choice == 2 ? time : Actor.NEVER);
            if (choice == 2) {
                oracle.add(new Planned(time, order++, first.actor()));
            }
        }
        drain(queue, oracle);
    }

    private static void drain(EventQueue queue, PriorityQueue<Planned> oracle) {
        List<Actor> expected = new ArrayList<>();
        List<Actor> found = new ArrayList<>();
        while (!oracle.isEmpty()) {
            expected.add(oracle.remove().actor());
            found.add(queue.first());
            queue.replanFirst(Actor.NEVER);
        }
        assertEquals(expected, found);
        assertEquals(0, queue.size());
        assertEquals(Actor.NEVER, queue.firstTime());
    }
}
