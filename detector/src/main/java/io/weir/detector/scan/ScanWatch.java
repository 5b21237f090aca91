package io.weir.detector.scan;

import io.weir.detector.window.SampleRing;
import io.weir.detector.window.SampleShape;
import io.weir.detector.window.SessionRing;
import io.weir.detector.window.SweepRing;
import io.weir.detector.window.TargetWindows;
import io.weir.filter.flow.FlowHash;
import io.weir.filter.packet.Application;
import io.weir.filter.packet.Fragment;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.packet.TcpFlags;
import org.jspecify.annotations.Nullable;

/**
 * Notices who scans and who guesses passwords, from what the workers sampled since the last tick. What a source tried
 * counts until it succeeds: a connection that opens is no failed one, so a crawler or a thousand users behind one address
 * are nothing to it.
 */
public final class ScanWatch {
    /** A connection has this long to open before its SYN is one that failed. */
    private static final long PATIENCE_NANOS = TargetWindows.SLOW_WINDOW_NANOS;

    /** UDP answers go to ports that systems hand out (RFC 6056); a scan goes to where services are. */
    private static final int FIRST_CLIENT_PORT = 1024;

    private static final int SERVICES_END = 10_000;

    private final SampleRing samples;
    /** Of what a flood's signature drops one sample in sixteen is looked at: enough for a scan that has that signature. */
    private static final int CONDEMNED_MASK = 15;

    private final SessionRing sessions;
    private final SweepRing sweeps;
    private final Suspects suspects;
    private long consumed;
    private long sweptNanos = Long.MIN_VALUE;

    public ScanWatch(
            SampleRing samples,
            SessionRing sessions,
            SweepRing sweeps,
            FlowHash hash,
            FloodedTargets flooded,
            SuspectListener listener) {
        this.samples = samples;
        this.sessions = sessions;
        this.sweeps = sweeps;
        this.suspects = new Suspects(hash, flooded, listener);
    }

    /** Reads what came since the last tick. */
    public void tick(long nowNanos) {
        int fresh = (int) Math.min(samples.added() - consumed, samples.size());
        for (int rank = samples.size() - fresh; rank < samples.size(); rank++) {
            int sample = samples.byAge(rank);
            if (!samples.isCondemned(sample) || (sample & CONDEMNED_MASK) == 0) {
                note(sample);
            }
        }
        consumed = samples.added();
        for (int session = 0; session < sessions.size(); session++) {
            noteSession(session, nowNanos);
        }
        sessions.clear();
        for (int sweep = 0; sweep < sweeps.size(); sweep++) {
            suspects.ask(sweeps.source(sweep), sweeps.target(sweep), nowNanos);
        }
        sweeps.clear();
        if (sweptNanos == Long.MIN_VALUE || nowNanos - sweptNanos >= PATIENCE_NANOS || nowNanos < sweptNanos) {
            sweptNanos = nowNanos;
            suspects.sweep(nowNanos, PATIENCE_NANOS);
        }
    }

    /** Reports what is still on: the input is over, or a new stream begins. */
    public void finish(long nowNanos) {
        tick(nowNanos);
        suspects.finish(nowNanos);
    }

    private void note(int sample) {
        if ((samples.fragment(sample) & Fragment.PRESENT) != 0) {
            return;
        }
        int protocol = samples.protocol(sample);
        if (protocol == IpProtocol.TCP) {
            if (isRequest(samples.application(sample)) && (samples.tcpFlags(sample) & TcpFlags.SYN) == 0) {
                noteRequest(sample);
            } else {
                noteSegment(sample);
            }
        } else if (protocol == IpProtocol.UDP && isProbe(sample)) {
            suspects.probe(samples, sample, Method.UDP, false);
        }
    }

    private void noteSegment(int sample) {
        @Nullable Method method = Method.ofFlags(samples.tcpFlags(sample));
        if (method == Method.ACK) {
            // Late segments of connections go back to whoever opened them, or bring data.
            if (isToService(sample) && samples.payloadLength(sample) == 0) {
                suspects.probe(samples, sample, method, false);
            }
        } else if (method != null) {
            suspects.probe(samples, sample, method, true);
        }
    }

    private static boolean isRequest(Application application) {
        return application == Application.HTTP_REQUEST || application == Application.HTTP2_REQUEST;
    }

    private boolean isProbe(int sample) {
        return samples.application(sample) == Application.NONE && isToService(sample);
    }

    private boolean isToService(int sample) {
        int port = samples.destinationPort(sample);
        return samples.sourcePort(sample) >= FIRST_CLIENT_PORT
                && port < SERVICES_END
                && port != samples.sourcePort(sample);
    }

    private void noteRequest(int sample) {
        if (SampleShape.isLogin(samples.shape(sample))) {
            suspects.login(samples, sample);
        } else {
            suspects.request(samples, sample);
        }
    }

    private void noteSession(int session, long nowNanos) {
        suspects.succeed(sessions, session);
        @Nullable Method service = Method.ofService(sessions.port(session));
        if (service != null) {
            suspects.session(sessions, session, service, nowNanos);
        }
    }
}
