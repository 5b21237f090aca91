package io.weir.detector.config.tree;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the keys of a file stand.
 *
 * @param places by key path as faults name it, such as {@code run.mode} and {@code protect[0].prefix}: {@code FILE:LINE}
 */
public record Origins(Map<String, String> places) {
    public static final Origins NONE = new Origins(Map.of());

    /** More than a person writes. Bounds what a small file of aliases of aliases can become. */
    private static final int MOST = 50_000;

    public Origins {
        places = Map.copyOf(places);
    }

    /**
     * Those of a document.
     *
     * @param file as the user named it
     */
    public static Origins of(String file, Node root) {
        Map<String, String> places = new HashMap<>();
        add(file, root, "", places);
        return new Origins(places);
    }

    private static void add(String file, Node node, String path, Map<String, String> places) {
        switch (node) {
            case Node.Scalar _ -> {}
            case Node.Sequence list -> {
                List<Node> items = list.items();
                for (int i = 0; i < items.size() && places.size() < MOST; i++) {
                    String itemPath = path + '[' + i + ']';
                    places.put(itemPath, file + ':' + items.get(i).line());
                    add(file, items.get(i), itemPath, places);
                }
            }
            case Node.Mapping block -> {
                for (Node.Entry entry : block.entries()) {
                    if (places.size() < MOST && entry.key() instanceof Node.Scalar key) {
                        String keyPath = path.isEmpty() ? key.text() : path + '.' + key.text();
                        places.put(keyPath, file + ':' + key.line());
                        add(file, entry.value(), keyPath, places);
                    }
                }
            }
        }
    }

    /** Where a key stands, if it does. */
    public Optional<String> of(String keyPath) {
        return Optional.ofNullable(places.get(keyPath));
    }
}
