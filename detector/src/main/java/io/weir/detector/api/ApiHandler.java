package io.weir.detector.api;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.stream.ChunkedNioFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/** One connection: one request at a time. What may wait for the daemon runs on the executor. */
final class ApiHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    /** For a whole request, and between two. */
    private static final int PATIENCE_SECONDS = 15;

    private final Routes routes;
    private final Access access;
    private final EventStream events;
    private final Executor executor;
    private final Audit audit;
    private final boolean isUnix;
    /** Requests that came whole. */
    private int requests;
    /** Whether an answer is being made, or events go out: then whoever waits isn't slow. */
    private boolean isBusy;

    /** Hears who changed what; see {@link Control#audit}. */
    interface Audit {
        void tell(String who, String action, String detail, boolean isDone);
    }

    ApiHandler(Routes routes, Access access, EventStream events, Executor executor, Audit audit, boolean isUnix) {
        this.routes = routes;
        this.access = access;
        this.events = events;
        this.executor = executor;
        this.audit = audit;
        this.isUnix = isUnix;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        watch(context, requests);
    }

    /** Whoever doesn't bring a whole request in a while, be it byte by byte, is cut off. */
    private void watch(ChannelHandlerContext context, int requestsBefore) {
        context.executor()
                .schedule(
                        () -> {
                            if (!context.channel().isActive()) {
                                return;
                            }
                            if (requests == requestsBefore && !isBusy) {
                                context.close();
                            } else {
                                watch(context, requests);
                            }
                        },
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        requests++;
        boolean isKept = HttpUtil.isKeepAlive(request);
        if (!request.decoderResult().isSuccess()) {
            send(context, ApiResponse.problem(400, "bad request", "that is no HTTP/1.1 request"), false);
            return;
        }
        Optional<ApiResponse> refusal = refuse(context, request);
        if (refusal.isPresent()) {
            send(context, refusal.get(), isKept && refusal.get().status != 403);
            return;
        }
        Role role = role(request.headers());
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        if (uri.path().equals(Routes.EVENTS) && request.method().equals(HttpMethod.GET)) {
            stream(context, role);
            return;
        }
        Optional<ApiResponse> page =
                request.method().equals(HttpMethod.GET) ? StaticPages.find(uri.path()) : Optional.empty();
        if (page.isPresent()) {
            send(context, page.get(), isKept);
            return;
        }
        route(context, request, uri, role, isKept);
    }

    private static Optional<ApiResponse> refuse(ChannelHandlerContext context, FullHttpRequest request) {
        HttpHeaders headers = request.headers();
        String host = headers.get(HttpHeaderNames.HOST);
        if (context.channel().localAddress() instanceof InetSocketAddress local && !Access.isOurs(host, local)) {
            return Optional.of(ApiResponse.problem(403, "forbidden", "the request is for another host than this one"));
        }
        if (Access.isForeign(headers.get(HttpHeaderNames.ORIGIN), host)) {
            return Optional.of(ApiResponse.problem(403, "forbidden", "the request comes from a page of another site"));
        }
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        if (request.content().isReadable() && !type.startsWith("application/json")) {
            return Optional.of(ApiResponse.problem(
                    415, "unsupported media type", "a body must be of Content-Type: application/json"));
        }
        return Optional.empty();
    }

    private Role role(HttpHeaders headers) {
        return isUnix ? Role.OPERATE : access.role(headers.get(HttpHeaderNames.AUTHORIZATION));
    }

    private static ApiResponse denied(Role role) {
        return role == Role.NOBODY
                ? ApiResponse.problem(401, "unauthorized", "give a token: Authorization: Bearer TOKEN")
                : ApiResponse.problem(
                        403, "forbidden", "this token may look but change nothing; the one of role operate may");
    }

    private void stream(ChannelHandlerContext context, Role role) {
        if (!role.mayAll(Role.VIEW)) {
            send(context, denied(role), false);
        } else if (events.begin(context.channel())) {
            isBusy = true;
        } else {
            send(context, ApiResponse.problem(503, "busy", EventStream.MOST_LISTENERS + " listen already"), false);
        }
    }

    private void route(
            ChannelHandlerContext context, FullHttpRequest request, QueryStringDecoder uri, Role role, boolean isKept) {
        List<Routes.Route> here = routes.at(uri.path());
        String method = request.method().name();
        Optional<Routes.Route> route =
                here.stream().filter(one -> one.method().equals(method)).findFirst();
        if (here.isEmpty()) {
            send(
                    context,
                    ApiResponse.problem(404, "not found", "there is no such path; /api/v1/openapi.json lists all"),
                    isKept);
        } else if (route.isEmpty()) {
            List<String> methods = here.stream().map(Routes.Route::method).toList();
            send(
                    context,
                    ApiResponse.problem(405, "method not allowed", "this path takes " + String.join(", ", methods)),
                    isKept);
        } else if (!role.mayAll(route.get().needed())) {
            send(context, denied(role), isKept);
        } else {
            ApiRequest asked =
                    new ApiRequest(first(uri.parameters()), request.content().toString(StandardCharsets.UTF_8));
            answer(context, route.get(), asked, isKept);
        }
    }

    private void answer(ChannelHandlerContext context, Routes.Route route, ApiRequest asked, boolean isKept) {
        // The next request waits in the kernel until this one is answered.
        context.channel().config().setAutoRead(false);
        isBusy = true;
        try {
            executor.execute(() -> {
                ApiResponse response;
                boolean isDone = false;
                try {
                    response = route.handler().answer(asked);
                    isDone = true;
                } catch (Refusal refusal) {
                    response = ApiResponse.of(refusal);
                } catch (RuntimeException defect) {
                    response = ApiResponse.problem(500, "defect", "this is a defect of weir: " + defect);
                }
                if (!route.action().isEmpty() && !asked.isDryRun()) {
                    audit.tell(who(context.channel(), isUnix), route.action(), asked.detail(), isDone);
                }
                ApiResponse made = response;
                context.executor().execute(() -> {
                    ChannelFuture sent = made.file == null
                            ? send(context, made, isKept)
                            : sendFile(context, made.file, made.contentType, isKept);
                    sent.addListener(done -> {
                        isBusy = false;
                        context.channel().config().setAutoRead(true);
                    });
                });
            });
        } catch (RejectedExecutionException full) {
            isBusy = false;
            context.channel().config().setAutoRead(true);
            send(context, ApiResponse.problem(503, "busy", "too many requests wait; ask again"), isKept);
        }
    }

    /** Over the Unix socket the kernel knows the peer; over TCP a token is all that is known. */
    private static String who(Channel channel, boolean isUnix) {
        if (isUnix) {
            var peer = channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
            return (peer == null ? "somebody" : "user " + peer.user().getName()) + " over the Unix socket";
        }
        String from = channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "a host that is gone";
        return "operate token from " + from;
    }

    private static Map<String, String> first(Map<String, List<String>> parameters) {
        Map<String, String> first = new HashMap<>();
        parameters.forEach((name, values) -> first.put(name, values.getFirst()));
        return first;
    }

    private static ChannelFuture send(ChannelHandlerContext context, ApiResponse response, boolean isKept) {
        DefaultFullHttpResponse http = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status),
                Unpooled.wrappedBuffer(response.body));
        describe(http, response.contentType, response.body.length, isKept);
        return closing(context.writeAndFlush(http), isKept);
    }

    /** In pieces, as fast as they are taken: the file may be larger than memory. */
    private static ChannelFuture sendFile(ChannelHandlerContext context, Path file, String type, boolean isKept) {
        try {
            ChunkedNioFile pieces = new ChunkedNioFile(file.toFile());
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            describe(head, type, pieces.length(), isKept);
            head.headers()
                    .set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + file.getFileName() + '"');
            context.write(head);
            return closing(context.writeAndFlush(new HttpChunkedInput(pieces)), isKept);
        } catch (IOException gone) {
            return send(context, ApiResponse.problem(404, "not found", "the file is gone"), isKept);
        }
    }

    private static void describe(HttpResponse http, String type, long bytes, boolean isKept) {
        http.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CONTENT_LENGTH, bytes)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, StaticPages.POLICY)
                .set("Referrer-Policy", "no-referrer")
                .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY");
        HttpUtil.setKeepAlive(http, isKept);
    }

    private static ChannelFuture closing(ChannelFuture sent, boolean isKept) {
        return isKept ? sent : sent.addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that breaks off, is too slow or sends no HTTP: nothing that the daemon need tell anybody.
        context.close();
    }
}
