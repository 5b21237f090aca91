package io.weir.detector.daemon;

import io.weir.filter.address.PrefixTable;
import io.weir.filter.packet.PacketBatch;

/** The protected prefix at each end of the packets of a batch: looked up once, for all who ask. */
final class PrefixColumns {
    /** As {@link PrefixTable#lookup} answers. */
    final int[] destination = new int[PacketBatch.CAPACITY];

    /** The same; holds where the destination is in none, or both ends were asked for. */
    final int[] source = new int[PacketBatch.CAPACITY];

    private final PrefixTable prefixes;
    private final boolean isOfBoth;

    /** @param isOfBoth whether the source matters where the destination is protected */
    PrefixColumns(PrefixTable prefixes, boolean isOfBoth) {
        this.prefixes = prefixes;
        this.isOfBoth = isOfBoth;
    }

    /** Looks up every packet of a decoded batch; what has no addresses gets an answer without meaning. */
    void look(PacketBatch batch) {
        for (int i = 0; i < batch.size; i++) {
            int prefix = prefixes.lookup(batch.destinationHigh[i], batch.destinationLow[i]);
            destination[i] = prefix;
            if (prefix < 0 || isOfBoth) {
                source[i] = prefixes.lookup(batch.sourceHigh[i], batch.sourceLow[i]);
            }
        }
    }
}
