package io.weir.detector.config;

import io.weir.detector.config.tree.Node;
import io.weir.detector.config.tree.Value;
import io.weir.filter.signature.Signature;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code signatures}: what is dropped by its looks. */
final class SignaturesReader {
    /** Each costs every unproven packet some nanoseconds. */
    static final int MOST = 64;

    private static final String ALLOWED = "a list of signatures such as - tcp flags syn, window 512, options none";

    private SignaturesReader() {}

    static List<Signature> read(Value value) {
        List<Signature> signatures = new ArrayList<>();
        List<Value> items = value.items(ALLOWED);
        for (Value item : items) {
            item.text("a signature such as tcp flags syn, window 512, options none")
                    .map(Signature::parse)
                    .ifPresent(parsed -> take(item, parsed, signatures));
        }
        if (value.node() instanceof Node.Sequence && items.isEmpty()) {
            value.fault("is empty; it must be " + ALLOWED + ", or left out");
        }
        if (items.size() > MOST) {
            value.fault("has " + items.size() + " signatures; at most " + MOST + " are allowed");
        }
        return List.copyOf(signatures);
    }

    private static void take(Value item, Signature.Parsed parsed, List<Signature> signatures) {
        switch (parsed) {
            case Signature.Parsed.Invalid invalid -> item.fault(invalid.toString());
            case Signature.Parsed.Valid(Signature signature) -> {
                if (signatures.contains(signature)) {
                    item.fault("stands in the list twice; keep one");
                }
                signatures.add(signature);
            }
        }
    }
}
