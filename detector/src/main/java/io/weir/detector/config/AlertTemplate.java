package io.weir.detector.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/** JSON with places to be filled in: {@code {"text": "{{summary}}", "all": {{alerts}}}}. */
public record AlertTemplate(String json) {
    /** Stand inside quotes. */
    private static final List<String> TEXTS = List.of("summary", "severity", "host");
    /** Stands alone: an array of objects. */
    private static final String ALERTS = "alerts";

    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*(\\w*)\\s*}}");
    private static final JsonFactory JSON = new JsonFactory();

    public static final AlertTemplate DEFAULT = new AlertTemplate(
            "{\"host\":\"{{host}}\",\"severity\":\"{{severity}}\",\"summary\":\"{{summary}}\",\"alerts\":{{alerts}}}");

    /** What is wrong with it. */
    Optional<String> problem() {
        List<String> known = new ArrayList<>(TEXTS);
        known.add(ALERTS);
        Optional<String> unknown = PLACE.matcher(json)
                .results()
                .map(result -> result.group(1))
                .filter(name -> !known.contains(name))
                .findFirst();
        if (unknown.isPresent()) {
            return Optional.of(
                    "{{" + unknown.get() + "}} isn't known; known are {{" + String.join("}}, {{", known) + "}}");
        }
        return notJson(filled("\"a\"\n", "b", "c", "[{}]"))
                .map(problem -> problem + "; {{" + String.join("}}, {{", TEXTS) + "}} go inside quotes, {{" + ALERTS
                        + "}} without");
    }

    private static Optional<String> notJson(String text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
            int depth = 0;
            int values = 0;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                values += depth == 0 ? 1 : 0;
            }
            return values == 1 ? Optional.empty() : Optional.of("holds " + values + " JSON values, not one");
        } catch (JacksonException invalid) {
            return Optional.of(
                    "isn't JSON once filled in, line " + invalid.getLocation().getLineNr());
        }
    }

    /** @param alerts a JSON array */
    public String filled(String summary, String severity, String host, String alerts) {
        Map<String, String> values =
                Map.of("summary", quoted(summary), "severity", quoted(severity), "host", quoted(host), ALERTS, alerts);
        Function<MatchResult, String> value =
                place -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), place.group()));
        return PLACE.matcher(json).replaceAll(value);
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
    }
}
