package io.weir.capture.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Objects to use again, at most a fixed number of them. */
final class Pool<T> {
    private final int capacity;
    private final Supplier<T> maker;
    private final Deque<T> free = new ArrayDeque<>();
    private int made;
    private long refused;

    Pool(int capacity, Supplier<T> maker) {
        this.capacity = capacity;
        this.maker = maker;
    }

    /** A free one, or null when all are in use: then it counts as refused. */
    @Nullable
    T take() {
        T one = free.pollLast();
        if (one != null) {
            return one;
        }
        if (made == capacity) {
            refused++;
            return null;
        }
        made++;
        return maker.get();
    }

    void giveBack(T one) {
        free.addLast(one);
    }

    /** How often all were in use. */
    long refused() {
        return refused;
    }
}
