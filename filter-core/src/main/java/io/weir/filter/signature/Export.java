package io.weir.filter.signature;

import java.util.List;

/**
 * A signature in the language of another filter.
 *
 * @param text one expression, or one a line where the language has no "or": a packet is meant where any matches
 * @param missing what the language can't say, as a signature writes it: the text then matches more than the signature
 */
public record Export(String text, List<String> missing) {
    /** Lists are copied. */
    public Export {
        missing = List.copyOf(missing);
    }

    /** As a tcpdump expression (pcap-filter(7)). IPv6 packets with extension headers aren't matched by it. */
    public static Export toBpf(Signature signature) {
        return new BpfExpression(signature).export();
    }

    /** As matches of nftables rules (nft(8)) of a table of family {@code inet}. */
    public static Export toNft(Signature signature) {
        return new NftMatch(signature).export();
    }
}
