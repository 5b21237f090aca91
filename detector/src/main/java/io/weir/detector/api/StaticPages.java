package io.weir.detector.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/** The console's files: these and no others are served. */
final class StaticPages {
    /** Nothing from elsewhere, nothing inline. */
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** By path: the resource and its type. */
    private static final Map<String, String[]> FILES = Map.of(
            "/", new String[] {"index.html", "text/html; charset=utf-8"},
            "/console.css", new String[] {"console.css", "text/css; charset=utf-8"},
            "/console.js", new String[] {"console.js", "text/javascript; charset=utf-8"},
            "/uPlot.min.css", new String[] {"vendor/uPlot.min.css", "text/css; charset=utf-8"},
            "/uPlot.iife.min.js", new String[] {"vendor/uPlot.iife.min.js", "text/javascript; charset=utf-8"},
            "/api/v1/openapi.json", new String[] {"openapi.json", "application/json"});

    private StaticPages() {}

    static Optional<ApiResponse> find(String path) {
        String[] file = FILES.get(path);
        if (file == null) {
            return Optional.empty();
        }
        try (InputStream in = StaticPages.class.getResourceAsStream("/console/" + file[0])) {
            return in == null ? Optional.empty() : Optional.of(new ApiResponse(200, file[1], in.readAllBytes()));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
