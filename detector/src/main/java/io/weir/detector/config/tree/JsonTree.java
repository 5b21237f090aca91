package io.weir.detector.config.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * Builds the tree of a JSON text (RFC 8259). Strings become quoted scalars; numbers, {@code true}, {@code false} and
 * {@code null} plain ones, as they stand. Doubled keys stay: {@link Section} reports them.
 */
public final class JsonTree {
    /** The clouds' exports are seven deep. */
    private static final int DEPTH_MAXIMUM = 32;

    /** Characters of the parser's own words. */
    private static final int PROBLEM_MAXIMUM = 200;

    private static final JsonFactory JSON = JsonFactory.builder().build();

    private final Faults faults;
    private final Deque<Open> stack = new ArrayDeque<>();
    private Optional<Node> root = Optional.empty();

    /** A collection whose end hasn't come yet; the children of an object are keys and values in turn. */
    private record Open(boolean isObject, int line, List<Node> children) {}

    private JsonTree(Faults faults) {
        this.faults = faults;
    }

    /** The only value of the text, or empty, with one fault added, where there is none or it isn't JSON. */
    public static Optional<Node> read(String text, Faults faults) {
        JsonTree tree = new JsonTree(faults);
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            return tree.takeAll(parser) ? tree.root : Optional.empty();
        } catch (UnexpectedEndOfInputException cut) {
            faults.add(line(cut.getLocation()), "", "", "ends inside a value: the JSON is cut off; export it again");
            return Optional.empty();
        } catch (JacksonException syntax) {
            tree.refuse(syntax.getLocation(), sentence(syntax));
            return Optional.empty();
        }
    }

    private boolean takeAll(JsonParser parser) {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (root.isPresent()) {
                return refuse(
                        parser.currentTokenLocation(),
                        "a second value starts; put several pages or groups into one list, [ …, … ]");
            }
            if (!take(parser, token)) {
                return false;
            }
        }
        if (root.isEmpty()) {
            faults.add(0, "", "", "is empty; it must hold one JSON value");
        }
        return root.isPresent();
    }

    /** Whether to go on. */
    private boolean take(JsonParser parser, JsonToken token) {
        int line = line(parser.currentTokenLocation());
        return switch (token) {
            case START_OBJECT, START_ARRAY -> {
                if (stack.size() == DEPTH_MAXIMUM) {
                    yield refuse(parser.currentTokenLocation(), "more than " + DEPTH_MAXIMUM + " levels");
                }
                stack.push(new Open(token == JsonToken.START_OBJECT, line, new ArrayList<>()));
                yield true;
            }
            case END_OBJECT, END_ARRAY -> add(closed(stack.pop()));
            case PROPERTY_NAME, VALUE_STRING -> add(new Node.Scalar(line, parser.getString(), false));
            default -> add(new Node.Scalar(line, parser.getString(), true));
        };
    }

    private static Node closed(Open open) {
        List<Node> children = open.children();
        if (!open.isObject()) {
            return new Node.Sequence(open.line(), children);
        }
        List<Node.Entry> entries = new ArrayList<>(children.size() / 2);
        for (int i = 0; i + 1 < children.size(); i += 2) {
            entries.add(new Node.Entry(children.get(i), children.get(i + 1)));
        }
        return new Node.Mapping(open.line(), entries);
    }

    private boolean add(Node node) {
        if (stack.isEmpty()) {
            root = Optional.of(node);
        } else {
            stack.peek().children().add(node);
        }
        return true;
    }

    private boolean refuse(@Nullable TokenStreamLocation place, String problem) {
        String column = place == null ? "" : " at column " + place.getColumnNr();
        faults.add(line(place), "", "", "can't be read as JSON" + column + ": " + problem);
        return false;
    }

    private static int line(@Nullable TokenStreamLocation place) {
        return place == null ? 0 : Math.max(place.getLineNr(), 0);
    }

    /** The parser's words up to where it names its own insides in brackets. */
    private static String sentence(JacksonException syntax) {
        String words = String.valueOf(syntax.getOriginalMessage());
        int source = words.indexOf("[Source:");
        int bracket = source < 0 ? -1 : words.lastIndexOf(" (", source);
        return Faults.shown(bracket < 0 ? words : words.substring(0, bracket), PROBLEM_MAXIMUM);
    }
}
