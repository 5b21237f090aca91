package io.weir.detector.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.EventExecutor;
import io.weir.detector.event.Event;
import io.weir.detector.event.EventWriter;
import java.nio.charset.StandardCharsets;

/**
 * Events as they happen, to all who listen (server-sent events). Each is made into bytes once; whoever doesn't read is
 * cut off when its buffer is full, and finds what it missed in the lists.
 */
final class EventStream {
    static final int MOST_LISTENERS = 1_024;

    private final ChannelGroup listeners;

    EventStream(EventExecutor executor) {
        listeners = new DefaultChannelGroup(executor);
    }

    /** @return whether there is room */
    boolean begin(Channel channel) {
        if (listeners.size() >= MOST_LISTENERS) {
            return false;
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        HttpUtil.setTransferEncodingChunked(head, true);
        channel.write(head);
        channel.writeAndFlush(text(": hello\n\n"));
        listeners.add(channel);
        return true;
    }

    void tell(Event event) {
        if (!listeners.isEmpty()) {
            send(text("event: " + EventWriter.type(event) + "\ndata: " + EventWriter.line(event) + "\n\n"));
        }
    }

    /** Keeps those between from closing what looks idle. */
    void beat() {
        if (!listeners.isEmpty()) {
            send(text(": here\n\n"));
        }
    }

    private void send(DefaultHttpContent content) {
        ByteBuf bytes = content.content();
        for (Channel listener : listeners) {
            if (listener.isWritable()) {
                listener.writeAndFlush(new DefaultHttpContent(bytes.retainedDuplicate()))
                        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            } else {
                listener.close();
            }
        }
        bytes.release();
    }

    private static DefaultHttpContent text(String text) {
        return new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }
}
