package io.weir.detector.config.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/**
 * Builds the tree from the parser's events. The library's own composer recurses once a level and dies of a file of
 * brackets; this one keeps a stack and a depth limit. Aliases repeat what their anchor names (thresholds shared by
 * prefixes), {@code <<} merges it; tags are refused.
 */
public final class YamlTree {
    /** A configuration is six deep. */
    private static final int DEPTH_MAXIMUM = 32;

    /** Characters of the parser's own words. */
    private static final int PROBLEM_MAXIMUM = 200;

    /** How the parser ends its complaint about {@code [::1]}, which YAML allows and it doesn't. */
    private static final String COLON_FIRST = "found ':'";

    private final Faults faults;
    private final Deque<Open> stack = new ArrayDeque<>();
    private final Map<String, Node> anchors = new HashMap<>();
    private int documents;
    private Optional<Mark> lastEnd = Optional.empty();
    private Optional<Node> root = Optional.empty();

    /** A collection whose end hasn't come yet. */
    private record Open(boolean mapping, Event start, Optional<Anchor> anchor, List<Node> children) {}

    private YamlTree(Faults faults) {
        this.faults = faults;
    }

    /** The root of the only document, or empty, with one fault added, where there is none or it isn't YAML. */
    public static Optional<Node> read(String text, Faults faults) {
        YamlTree tree = new YamlTree(faults);
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(Integer.MAX_VALUE)
                .setParseComments(false)
                .build();
        if (!tree.takeAll(text, new Parse(settings).parseString(text).iterator())) {
            return Optional.empty();
        }
        if (tree.root.isEmpty()) {
            faults.add(0, "", "", "is empty; write at least one key, or leave the configuration out");
        }
        return tree.root;
    }

    private boolean takeAll(String text, Iterator<Event> events) {
        while (true) {
            Event event;
            try {
                if (!events.hasNext()) {
                    return true;
                }
                event = events.next();
            } catch (MarkedYamlEngineException syntax) {
                return refuse(syntax.getProblemMark().or(syntax::getContextMark), sentence(syntax));
            } catch (ReaderException character) {
                return refuseCharacter(text, character);
            } catch (RuntimeException unforeseen) {
                // Numbers in escapes and directives that are too large escape the parser as what the JDK throws.
                return refuse(lastEnd, "what follows has an escape or a directive that means nothing");
            }
            lastEnd = event.getEndMark();
            if (!take(event)) {
                return false;
            }
        }
    }

    /** Whether to go on. */
    private boolean take(Event event) {
        return switch (event) {
            case DocumentStartEvent start ->
                ++documents == 1 || refuse(start.getStartMark(), "a second document starts");
            case ScalarEvent scalar -> refuseTag(scalar.getTag(), scalar) && add(scalar.getAnchor(), scalarOf(scalar));
            case AliasEvent alias -> addAlias(alias);
            case SequenceStartEvent start -> refuseTag(start.getTag(), start) && open(false, start, start.getAnchor());
            case MappingStartEvent start -> refuseTag(start.getTag(), start) && open(true, start, start.getAnchor());
            case SequenceEndEvent _, MappingEndEvent _ -> close();
            default -> true;
        };
    }

    private static Node scalarOf(ScalarEvent event) {
        return new Node.Scalar(line(event), event.getValue(), event.getScalarStyle() == ScalarStyle.PLAIN);
    }

    private boolean open(boolean mapping, Event start, Optional<Anchor> anchor) {
        if (stack.size() == DEPTH_MAXIMUM) {
            return refuse(start.getStartMark(), "more than " + DEPTH_MAXIMUM + " levels");
        }
        stack.push(new Open(mapping, start, anchor, new ArrayList<>()));
        return true;
    }

    private boolean close() {
        Open open = stack.pop();
        List<Node> children = open.children();
        if (!open.mapping()) {
            return add(open.anchor(), new Node.Sequence(line(open.start()), children));
        }
        List<Node.Entry> entries = new ArrayList<>();
        for (int i = 0; i + 1 < children.size(); i += 2) {
            entries.add(new Node.Entry(children.get(i), children.get(i + 1)));
        }
        return add(open.anchor(), new Node.Mapping(line(open.start()), MergeKey.resolve(entries)));
    }

    private boolean add(Optional<Anchor> anchor, Node node) {
        anchor.ifPresent(name -> anchors.put(name.getValue(), node));
        if (stack.isEmpty()) {
            root = Optional.of(node);
        } else {
            stack.peek().children().add(node);
        }
        return true;
    }

    private boolean addAlias(AliasEvent event) {
        String name = event.getAlias().getValue();
        Node node = anchors.get(name);
        return node == null
                ? refuse(event.getStartMark(), "no anchor &" + Faults.shown(name) + " ends before its alias")
                : add(Optional.empty(), node);
    }

    private boolean refuseTag(Optional<String> tag, Event event) {
        return tag.isEmpty() || refuse(event.getStartMark(), "the tag " + Faults.shown(tag.get()) + " isn't supported");
    }

    private boolean refuse(Optional<Mark> mark, String problem) {
        String place = mark.map(at -> " at column " + (at.getColumn() + 1)).orElse("");
        faults.add(
                mark.map(at -> at.getLine() + 1).orElse(0), "", "", "can't be read as YAML" + place + ": " + problem);
        return false;
    }

    private boolean refuseCharacter(String text, ReaderException character) {
        int end = text.offsetByCodePoints(0, Math.min(character.getPosition(), text.codePointCount(0, text.length())));
        TextPlace place = TextPlace.of(text.substring(0, end));
        String problem = "can't be read as YAML at column " + place.column() + ": the character "
                + String.format("U+%04X", character.getCodePoint()) + " isn't allowed";
        faults.add(place.line(), "", "", problem);
        return false;
    }

    private static String sentence(MarkedYamlEngineException syntax) {
        String context = syntax.getContext();
        String problem = Faults.shown(String.valueOf(syntax.getProblem()), PROBLEM_MAXIMUM);
        if (problem.endsWith(COLON_FIRST)) {
            problem += "; a value that starts with ':' needs quotes here, such as '::1'";
        }
        return context == null ? problem : context + ", " + problem;
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }
}
