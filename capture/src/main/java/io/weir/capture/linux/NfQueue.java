package io.weir.capture.linux;

import io.weir.filter.packet.PacketBatch;
import io.weir.filter.verdict.Verdict;
import java.util.concurrent.locks.LockSupport;

/**
 * A queue of the kernel's netfilter (NFQUEUE): packets come from IP header on and wait in the kernel until their verdict
 * is given. Used by one thread, but for the counters.
 *
 * <p>Under load the thread sleeps a moment between batches, so that the next is large; in peace it doesn't, and a packet
 * waits for nobody. Each batch's verdicts go out in one call: those of the rarer kind one by one, the rest by one number
 * that stands for all up to it.
 */
public final class NfQueue implements AutoCloseable {
    private static final int MESSAGE_VERDICT = 3 << 8 | 1;
    private static final int MESSAGE_CONFIGURE = 3 << 8 | 2;
    private static final int MESSAGE_VERDICT_BATCH = 3 << 8 | 3;

    private static final int CONFIGURE_COMMAND = 1;
    private static final int CONFIGURE_COPY = 2;
    private static final int CONFIGURE_CAPACITY = 3;
    private static final int CONFIGURE_MASK = 4;
    private static final int CONFIGURE_FLAGS = 5;
    private static final byte COMMAND_BIND = 1;
    private static final byte COPY_PACKET = 2;
    private static final int FLAG_FAIL_OPEN = 1;
    private static final int FLAG_SEGMENTS = 4;

    private static final int VERDICT_HEADER = 2;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;

    /** Room for what waits for us: an entry takes up to 2 KiB of it. It is a limit; nothing is set aside. */
    private static final int SOCKET_BUFFER_BYTES = 128 << 20;

    private static final int VERDICT_BYTES = 32;
    private static final long NUMBERING_NANOS = 1_000_000_000L;
    private static final long IDLE_NANOS = 8_000_000L;
    /** Slept between batches under load: at 300,000 packets a second 15 to 30 come meanwhile. */
    private static final long PARK_NANOS = 50_000L;
    /** So many packets at once are load. */
    private static final int LOAD_PACKETS = 8;

    private final QueueSettings settings;
    private final NetlinkSocket socket;
    private final Wakeup wakeup;
    private final ReceiveSlots slots;
    private final NetlinkWriter verdicts = new NetlinkWriter((PacketBatch.CAPACITY + 1L) * VERDICT_BYTES);
    private final WallClock clock = new WallClock();
    private final int[] ids = new int[PacketBatch.CAPACITY];
    private final int[] interfaces;
    private final QueueCounters counters;
    private boolean isLoaded;
    private long numberedNanos;

    private NfQueue(QueueSettings settings, NetlinkSocket socket, Wakeup wakeup, int[] interfaces) {
        this.settings = settings;
        this.socket = socket;
        this.wakeup = wakeup;
        this.interfaces = interfaces;
        slots = new ReceiveSlots(PacketBatch.CAPACITY, settings.copyBytes());
        counters = new QueueCounters(settings.number());
    }

    /**
     * Takes a queue, which nobody else may have. No packet comes before rules send some ({@link QueueRules}).
     *
     * @param wakeup ends {@link #fill}; the caller's
     */
    public static NfQueue bind(QueueSettings settings, Wakeup wakeup) throws KernelException {
        int[] interfaces = new int[settings.interfaces().size()];
        for (int i = 0; i < interfaces.length; i++) {
            interfaces[i] = LinkDevice.of(settings.interfaces().get(i)).index();
        }
        NetlinkSocket socket = NetlinkSocket.open(SOCKET_BUFFER_BYTES);
        NfQueue queue = new NfQueue(settings, socket, wakeup, interfaces);
        try {
            queue.configure();
            return queue;
        } catch (KernelException e) {
            queue.close();
            throw e;
        }
    }

    private void configure() throws KernelException {
        String attempt = "can't take queue " + settings.number();
        socket.setTimeout(IDLE_NANOS, attempt);
        int bound = request(CONFIGURE_COMMAND, new byte[] {COMMAND_BIND, 0, 0, 0});
        // So the kernel says it (nfqnl_recv_config); without the capability the socket would have had no buffers.
        if (bound == -Errno.EPERM) {
            throw KernelException.of(attempt, Errno.EBUSY, "another process has it: is Weir running already?");
        }
        KernelException.check(bound, attempt);
        NetlinkWriter writer = new NetlinkWriter(256);
        int flags =
                (settings.isOverloadOpen() ? FLAG_FAIL_OPEN : 0) | (settings.isKeepingSegments() ? FLAG_SEGMENTS : 0);
        writer.begin(MESSAGE_CONFIGURE, NetlinkWriter.ACK, 0, settings.number())
                .attribute(CONFIGURE_CAPACITY, settings.capacityPackets())
                .attribute(CONFIGURE_MASK, FLAG_FAIL_OPEN | FLAG_SEGMENTS)
                .attribute(CONFIGURE_FLAGS, flags)
                .end();
        KernelException.check(socket.request(writer), "can't set up queue " + settings.number());
        int copy = settings.copyBytes();
        KernelException.check(
                request(CONFIGURE_COPY, new byte[] {0, 0, (byte) (copy >> 8), (byte) copy, COPY_PACKET}),
                "can't ask queue " + settings.number() + " for " + copy + " bytes of each packet");
    }

    private int request(int attribute, byte[] value) {
        NetlinkWriter writer = new NetlinkWriter(64);
        writer.begin(MESSAGE_CONFIGURE, NetlinkWriter.ACK, 0, settings.number())
                .attribute(attribute, value)
                .end();
        return socket.request(writer);
    }

    /**
     * Fills a batch from what waits, and waits for a moment if nothing does. The batch before has its verdicts by then.
     *
     * @return packets, 0 if none came
     */
    public int fill(PacketBatch batch) throws KernelException {
        batch.frames = slots.memory();
        batch.size = 0;
        if (isLoaded) {
            LockSupport.parkNanos(PARK_NANOS);
        }
        // It waits in the call that receives: to look first, and to be woken by another call, holds up each packet in
        // peace.
        int received = slots.receive(socket.descriptor(), !wakeup.isAwake());
        if (received < 0 && received != -Errno.EAGAIN && received != -Errno.EINTR && received != -Errno.ENOBUFS) {
            throw KernelException.of("can't read queue " + settings.number(), -received);
        }
        isLoaded = received >= LOAD_PACKETS && received < PacketBatch.CAPACITY;
        return received > 0 ? take(batch, received) : 0;
    }

    private int take(PacketBatch batch, int received) {
        long nowNanos = clock.nanos();
        int count = 0;
        for (int slot = 0; slot < received; slot++) {
            long at = slots.offset(slot);
            // An error says that a verdict came too late, for a packet that is gone: taken for a packet, its "id" would
            // get a verdict, which would be an error again, for ever.
            if (Native.u16(slots.memory(), at + 4) != QueueMessage.TYPE) {
                counters.countLateVerdict();
                continue;
            }
            ids[count] = QueueMessage.read(slots.memory(), at, slots.length(slot), nowNanos, interfaces, batch, count);
            if (batch.interfaceIndex[count] < 0) {
                batch.interfaceIndex[count] = renumbered(at, slots.length(slot), nowNanos, batch, count);
            }
            counters.noteId(ids[count]);
            count++;
        }
        batch.size = count;
        return count;
    }

    /** Rules go by names: an interface that was removed and is there again has another number. The first where none is known. */
    private int renumbered(long at, int length, long nowNanos, PacketBatch batch, int i) {
        if (interfaces.length > 1 && nowNanos - numberedNanos >= NUMBERING_NANOS) {
            numberedNanos = nowNanos;
            for (int known = 0; known < interfaces.length; known++) {
                interfaces[known] = LinkDevice.numberOf(settings.interfaces().get(known));
            }
            QueueMessage.read(slots.memory(), at, length, nowNanos, interfaces, batch, i);
        }
        return Math.max(0, batch.interfaceIndex[i]);
    }

    /**
     * Gives the kernel the verdicts of the batch filled last, in its verdict column.
     *
     * @throws KernelException if the kernel takes none; what it still holds is dropped when the queue is closed
     */
    public void accept(PacketBatch batch) throws KernelException {
        int size = batch.size;
        if (size == 0) {
            return;
        }
        int drops = 0;
        for (int i = 0; i < size; i++) {
            drops += batch.verdict[i] & 1;
        }
        boolean isMostlyDropped = drops > size - drops;
        verdicts.clear();
        int rest = -1;
        for (int i = 0; i < size; i++) {
            boolean isDropped = Verdict.isDrop(batch.verdict[i]);
            if (isDropped == isMostlyDropped) {
                rest = i;
            } else {
                write(MESSAGE_VERDICT, isDropped, ids[i]);
            }
        }
        // It stands for all ids up to it that have no verdict yet; without any left it would be an error.
        if (rest >= 0) {
            write(MESSAGE_VERDICT_BATCH, isMostlyDropped, ids[rest]);
        }
        KernelException.check(socket.send(verdicts), "can't give verdicts to queue " + settings.number());
    }

    private void write(int message, boolean isDropped, int id) {
        verdicts.begin(message, 0, 0, settings.number())
                .attribute(VERDICT_HEADER, isDropped ? NF_DROP : NF_ACCEPT, id)
                .end();
    }

    /** What was counted; any thread. */
    public QueueCounters counters() {
        return counters;
    }

    /** Lets the queue go. What waits in it is dropped: stop the rules first, and judge what is left. */
    @Override
    public void close() {
        counters.close();
        socket.close();
    }
}
