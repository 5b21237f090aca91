package io.weir.detector.config;

/**
 * The {@code tables} block.
 *
 * @param connections how many tracked connections there is room for, {@value #CONNECTIONS_MINIMUM} to {@value
 *     #CONNECTIONS_MAXIMUM}
 */
public record TableSizes(int connections) {
    public static final int CONNECTIONS_MINIMUM = 1_000;
    public static final int CONNECTIONS_MAXIMUM = 100_000_000;

    public static final TableSizes DEFAULT = new TableSizes(1_000_000);

    /** @throws IllegalArgumentException outside the bounds above */
    public TableSizes {
        if (connections < CONNECTIONS_MINIMUM || connections > CONNECTIONS_MAXIMUM) {
            throw new IllegalArgumentException("room for " + connections + " connections");
        }
    }
}
