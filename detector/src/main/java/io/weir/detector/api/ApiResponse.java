package io.weir.detector.api;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes back. */
final class ApiResponse {
    private static final String JSON = "application/json";

    final int status;
    final String contentType;
    final byte[] body;
    /** Sent in place of the body. */
    final @Nullable Path file;

    ApiResponse(int status, String contentType, byte[] body) {
        this(status, contentType, body, null);
    }

    private ApiResponse(int status, String contentType, byte[] body, @Nullable Path file) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
        this.file = file;
    }

    static ApiResponse file(Path file) {
        return new ApiResponse(200, "application/octet-stream", new byte[0], file);
    }

    static ApiResponse json(byte[] body) {
        return new ApiResponse(200, JSON, body);
    }

    /** RFC 9457. */
    static ApiResponse problem(int status, String title, List<String> problems) {
        return new ApiResponse(status, "application/problem+json", ApiJson.problem(status, title, problems));
    }

    static ApiResponse problem(int status, String title, String problem) {
        return problem(status, title, List.of(problem));
    }

    static ApiResponse of(Refusal refusal) {
        return problem(refusal.kind().status(), refusal.kind().title(), refusal.problems());
    }
}
