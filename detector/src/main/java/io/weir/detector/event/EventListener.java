package io.weir.detector.event;

/** Takes events, on the control thread, in the order they happened. */
public interface EventListener {
    void accept(Event event);
}
