package io.weir.detector.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API's description, as others' tools read it. */
class OpenApiTest {
    private static String text() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ApiServer.class.getResourceAsStream("/console/openapi.json"), "openapi.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static SwaggerParseResult read(String text) {
        return new OpenAPIV3Parser().readContents(text, null, new ParseOptions());
    }

    @Test
    void isValid() throws IOException {
        SwaggerParseResult result = read(text());
        assertEquals(List.of(), result.getMessages());
        OpenAPI api = Objects.requireNonNull(result.getOpenAPI());
        assertEquals("3.1.0", api.getOpenapi());
        List<Operation> operations = api.getPaths().values().stream()
                .map(PathItem::readOperations)
                .flatMap(List::stream)
                .toList();
        assertTrue(operations.size() > 20, () -> operations.size() + " operations");
        assertEquals(
                operations.size(),
                operations.stream().map(Operation::getOperationId).distinct().count(),
                "two operations have one name");
    }

    /** The validator is none that takes everything. */
    @ParameterizedTest
    @CsvSource({
        "operationId, operationID",
        "#/components/schemas/Problem, #/components/schemas/Nobody",
        "responses, answers"
    })
    void whatIsWrongWouldBeFound(String right, String wrong) throws IOException {
        assertFalse(read(text().replace(right, wrong)).getMessages().isEmpty());
    }
}
