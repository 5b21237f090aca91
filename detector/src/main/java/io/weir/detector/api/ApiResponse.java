package io.weir.detector.api;

import java.util.List;

/** What goes back. */
final class ApiResponse {
    private static final String JSON = "application/json";

    final int status;
    final String contentType;
    final byte[] body;

    ApiResponse(int status, String contentType, byte[] body) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
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
