package io.weir.detector.report;

import io.weir.detector.config.tree.Faults;
import io.weir.detector.config.tree.JsonTree;
import io.weir.detector.config.tree.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a daemon answered, as it is read for a person: what isn't there reads as nothing. */
public final class JsonView {
    private static final JsonView NOTHING = new JsonView(new Node.Scalar(0, "", true));

    private final Node node;

    private JsonView(Node node) {
        this.node = node;
    }

    public static JsonView of(String json) {
        return JsonTree.read(json, new Faults("answer")).map(JsonView::new).orElse(NOTHING);
    }

    public JsonView get(String key) {
        if (node instanceof Node.Mapping mapping) {
            for (Node.Entry entry : mapping.entries()) {
                if (entry.key() instanceof Node.Scalar name && name.text().equals(key)) {
                    return new JsonView(entry.value());
                }
            }
        }
        return NOTHING;
    }

    public List<JsonView> list(String key) {
        List<JsonView> items = new ArrayList<>();
        if (get(key).node instanceof Node.Sequence sequence) {
            sequence.items().forEach(item -> items.add(new JsonView(item)));
        }
        return items;
    }

    /** Members in their order. */
    public Map<String, JsonView> members() {
        Map<String, JsonView> members = new LinkedHashMap<>();
        if (node instanceof Node.Mapping mapping) {
            for (Node.Entry entry : mapping.entries()) {
                if (entry.key() instanceof Node.Scalar name) {
                    members.put(name.text(), new JsonView(entry.value()));
                }
            }
        }
        return members;
    }

    public String text() {
        return node instanceof Node.Scalar scalar ? scalar.text() : "";
    }

    public String text(String key) {
        return get(key).text();
    }

    public long number(String key) {
        return get(key).number();
    }

    /** 0 for what is no whole number. */
    public long number() {
        try {
            return Long.parseLong(text());
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    public boolean isTrue(String key) {
        return text(key).equals("true");
    }
}
