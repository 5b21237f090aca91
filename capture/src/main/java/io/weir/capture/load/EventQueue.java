package io.weir.capture.load;

import java.util.Arrays;

/** Actors in the order of the time when they act; those of one time in the order in which they were planned. A binary heap. */
final class EventQueue {
    private long[] times = new long[64];
    /** Breaks ties, so that the order never depends on the heap's shape. */
    private long[] orders = new long[64];

    private Actor[] actors = new Actor[64];
    private int size;
    private long planned;

    /** Plans an actor that isn't planned. */
    void plan(long timeNanos, Actor actor) {
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            orders = Arrays.copyOf(orders, size * 2);
            actors = Arrays.copyOf(actors, size * 2);
        }
        siftUp(size++, timeNanos, planned++, actor);
    }

    /** When the first actor acts, or {@link Actor#NEVER}. */
    long firstTime() {
        return size == 0 ? Actor.NEVER : times[0];
    }

    Actor first() {
        return actors[0];
    }

    /** Plans the first actor anew, or not again for {@link Actor#NEVER}. */
    void replanFirst(long timeNanos) {
        if (timeNanos != Actor.NEVER) {
            siftDown(timeNanos, planned++, actors[0]);
            return;
        }
        size--;
        siftDown(times[size], orders[size], actors[size]);
    }

    int size() {
        return size;
    }

    private void siftUp(int from, long time, long order, Actor actor) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            // A new entry has the highest order: it rises only above later times.
            if (times[parent] <= time) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, time, order, actor);
    }

    private void siftDown(long time, long order, Actor actor) {
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(child + 1, times[child], orders[child])) {
                child++;
            }
            if (!isBefore(child, time, order)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, time, order, actor);
    }

    private boolean isBefore(int index, long time, long order) {
        return times[index] != time ? times[index] < time : orders[index] < order;
    }

    private void move(int from, int to) {
        times[to] = times[from];
        orders[to] = orders[from];
        actors[to] = actors[from];
    }

    private void put(int at, long time, long order, Actor actor) {
        times[at] = time;
        orders[at] = order;
        actors[at] = actor;
    }
}
