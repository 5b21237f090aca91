package io.weir.detector.window;

/**
 * How many different keys were added: HyperLogLog (Flajolet et al. 2007) with 1,024 registers, standard error 3.25 %,
 * and linear counting below 2,560. Keys must be keyed hashes already.
 */
public final class HyperLogLog {
    private static final int REGISTER_BITS = 10;
    private static final int REGISTERS = 1 << REGISTER_BITS;
    private static final double ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

    private final byte[] registers = new byte[REGISTERS];

    public void add(long key) {
        int register = (int) (key >>> 64 - REGISTER_BITS);
        // The bit that is set bounds the rank where all bits of the rest are zero.
        int rank = Long.numberOfLeadingZeros(key << REGISTER_BITS | 1L << REGISTER_BITS - 1) + 1;
        if (rank > registers[register]) {
            registers[register] = (byte) rank;
        }
    }

    public long estimate() {
        double sum = 0;
        int zeros = 0;
        for (byte rank : registers) {
            sum += 1.0 / (1L << rank);
            if (rank == 0) {
                zeros++;
            }
        }
        double raw = ALPHA * REGISTERS * REGISTERS / sum;
        if (raw <= 2.5 * REGISTERS && zeros > 0) {
            return Math.round(REGISTERS * Math.log((double) REGISTERS / zeros));
        }
        return Math.round(raw);
    }
}
