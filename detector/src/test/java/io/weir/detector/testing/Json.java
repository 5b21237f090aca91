package io.weir.detector.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** JSON as maps, lists, strings, {@link Long}, {@link Double} and {@link Boolean}; a doubled key is an error. */
public final class Json {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /** Reads a text that holds one object and nothing else. */
    public static Map<String, Object> object(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            Map<String, Object> object = asObject(value(parser, parser.nextToken()));
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("something follows the object in: " + text);
            }
            return object;
        }
    }

    private static Object value(JsonParser parser, @Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    object.put(name, value(parser, parser.nextToken()));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                JsonToken next = parser.nextToken();
                while (next != JsonToken.END_ARRAY) {
                    array.add(value(parser, next));
                    next = parser.nextToken();
                }
                yield array;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw new IllegalArgumentException("unexpected " + token);
        };
    }

    /** @throws ClassCastException if it is something else */
    public static Map<String, Object> asObject(@Nullable Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        ((Map<?, ?>) present(value)).forEach((name, member) -> object.put((String) name, member));
        return object;
    }

    /** @throws ClassCastException if it is something else */
    public static List<Object> asArray(@Nullable Object value) {
        return new ArrayList<>((List<?>) present(value));
    }

    /** @throws ClassCastException if it is something else */
    public static long asLong(@Nullable Object value) {
        return (Long) present(value);
    }

    /** @throws ClassCastException if it is something else */
    public static String asText(@Nullable Object value) {
        return (String) present(value);
    }

    private static Object present(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("a member is missing");
        }
        return value;
    }
}
