package io.weir.detector.api;

import io.weir.detector.flood.FloodReport;
import io.weir.detector.scrub.Credibility;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/** Every route in one table. */
final class Routes {
    /** Where events come as they happen; answered by {@link EventStream}. */
    static final String EVENTS = "/api/v1/events";

    private static final int SOURCES_USUAL = 100;
    private static final int SOURCES_MAXIMUM = 1_000;

    /**
     * One route.
     *
     * @param needed who may use it
     * @param action how it is told who used it, empty where that isn't told
     * @param summary what it does, for the description
     */
    record Route(String method, String path, Role needed, String action, String summary, Handler handler) {}

    /** Answers a request; may wait for the daemon. */
    interface Handler {
        ApiResponse answer(ApiRequest request) throws Refusal;
    }

    private final List<Route> all = new ArrayList<>();

    Routes(Control control, Supplier<String> metrics) {
        addTraffic(control);
        addSettings(control);
        addChanges(control);
        view(
                "/metrics",
                "for Prometheus",
                request -> new ApiResponse(
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        metrics.get().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private void addTraffic(Control control) {
        view("/api/v1/status", "how the daemon fares", request -> ApiResponse.json(ApiJson.status(control.status())));
        view(
                "/api/v1/series",
                "the last quarter of an hour, second by second",
                request -> list("rates", control.rates(), ApiJson::writeRate));
        view("/api/v1/floods", "floods on and past; ?state=active or ended", request -> floods(control, request));
        view("/api/v1/flood", "one flood, by ?id=", request -> flood(control, request));
        view(
                "/api/v1/suspects",
                "scans and brute force",
                request -> list("suspects", control.suspects(), ApiJson::writeSuspect));
        view(
                "/api/v1/rules",
                "rules in use with what each decided",
                request -> list("rules", control.rules(), ApiJson::writeRule));
    }

    private void addSettings(Control control) {
        view(
                "/api/v1/thresholds",
                "thresholds by protected prefix",
                request -> list("targets", control.thresholds(), ApiJson::writeThresholds));
        view(
                "/api/v1/sources",
                "sources that are known, a page at a time; ?from=, ?score= at least, ?limit=",
                request -> ApiResponse.json(ApiJson.sources(control.sources(
                        request.number("from", 0, 0, 999_999_999),
                        request.number("score", 0, 0, Credibility.MAXIMUM),
                        request.number("limit", SOURCES_USUAL, 1, SOURCES_MAXIMUM)))));
        view(
                "/api/v1/connections",
                "connections that are remembered, a page at a time; ?from=, ?limit=, ?prefix=, ?port=, ?protocol=, ?state=",
                request -> ApiResponse.json(ConnectionJson.page(control.connections(ConnectionJson.request(request)))));
        view("/api/v1/source", "how far one source is believed, and why, by ?address=", request -> {
            long[] address = request.address();
            return list("sources", List.of(control.source(address[0], address[1])), ApiJson::writeSource);
        });
        view(
                "/api/v1/config",
                "the configuration as it holds",
                request -> list("values", control.config(), ApiJson::writeConfig));
        view(
                "/api/v1/captures",
                "files with the packets around floods",
                request -> list("captures", control.captures(), ApiJson::writeCapture));
        // Packets tell what users say: not for everybody who may look.
        operate(
                "GET",
                "/api/v1/capture",
                "capture",
                "one of these files, by ?name=",
                request -> ApiResponse.file(control.capture(request.query().getOrDefault("name", ""))));
        view("/api/v1/preview", "what a ban of ?prefix= would have dropped of the newest packets", request -> {
            BanPreview preview = control.preview(request.prefix());
            return ApiResponse.json(ApiJson.preview(preview));
        });
        operate(
                "PUT",
                "/api/v1/thresholds",
                "thresholds",
                "set thresholds of the protected ?prefix= until the configuration is read again; ?dry_run=true only checks, and says"
                        + " what they would have done to the newest packets",
                request -> thresholds(control, request.thresholds()));
    }

    private void addChanges(Control control) {
        view("/api/v1/bans", "who is banned", request -> list("bans", control.bans(), ApiJson::writeBan));
        operate(
                "POST",
                "/api/v1/bans",
                "ban",
                "ban sources; ?dry_run=true only checks, ?force=true also bans a network that somebody is connected to port 22 from",
                request -> list(
                        "bans",
                        control.ban(request.bans(), request.isDryRun(), request.isForced()),
                        ApiJson::writeBan));
        operate("DELETE", "/api/v1/bans", "unban", "lift the ban of ?prefix=", request -> {
            control.unban(request.prefix());
            return list("bans", control.bans(), ApiJson::writeBan);
        });
        operate("PUT", "/api/v1/observe", "observe", "stop dropping and only count, or begin again", request -> {
            control.observe(request.observe());
            return ApiResponse.json(ApiJson.status(control.status()));
        });
        operate(
                "POST",
                "/api/v1/reload",
                "reload",
                "read the configuration again; ?dry_run=true only checks",
                request -> list("said", control.reload(request.reload()), JsonGenerator::writeString));
        operate("POST", "/api/v1/confirm", "confirm", "keep a configuration that would be rolled back", request -> {
            control.confirm();
            return ApiResponse.json(ApiJson.status(control.status()));
        });
    }

    private static <T> ApiResponse list(
            String name, List<T> items, java.util.function.BiConsumer<JsonGenerator, T> item) {
        return ApiResponse.json(ApiJson.list(name, items, item));
    }

    private static ApiResponse thresholds(Control control, ThresholdRequest request) throws Refusal {
        List<String> said = control.limit(request);
        return ApiResponse.json(
                PreviewJson.thresholds(said, request.isDryRun() ? control.preview(request) : Optional.empty()));
    }

    private static ApiResponse floods(Control control, ApiRequest request) throws Refusal {
        String state = request.query().getOrDefault("state", "all");
        List<FloodReport> floods = control.floods().stream()
                .filter(flood -> switch (state) {
                    case "active" -> flood.state() != FloodReport.State.ENDED;
                    case "ended" -> flood.state() == FloodReport.State.ENDED;
                    default -> true;
                })
                .toList();
        return list("floods", floods, ApiJson::writeFlood);
    }

    private static ApiResponse flood(Control control, ApiRequest request) throws Refusal {
        String id = request.query().getOrDefault("id", "");
        Optional<FloodReport> flood =
                control.floods().stream().filter(one -> one.id().equals(id)).findFirst();
        return list(
                "floods",
                List.of(flood.orElseThrow(() -> new Refusal(
                        Refusal.Kind.MISSING, "no flood has the id '" + id + "'; /api/v1/floods lists those known"))),
                ApiJson::writeFlood);
    }

    private void view(String path, String summary, Handler handler) {
        all.add(new Route("GET", path, Role.VIEW, "", summary, handler));
    }

    private void operate(String method, String path, String action, String summary, Handler handler) {
        all.add(new Route(method, path, Role.OPERATE, action, summary, handler));
    }

    List<Route> all() {
        return all;
    }

    /** Those of a path, whatever the method. */
    List<Route> at(String path) {
        return all.stream().filter(route -> route.path().equals(path)).toList();
    }
}
