package io.weir.capture.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Frames by test runs of an XDP program. The end of each run waits for the kernel's readers (some 25 ms), so several are under
 * way at once: while one ends, another sends, and a third is filled. Those that send share a CPU: the other end of a veth is
 * emptied where it was filled first, and overflows if it is filled from elsewhere at the same time.
 */
final class LiveFrameSender extends FrameSender {
    private static final int BANKS = 3;

    private final List<FrameBank> banks = new ArrayList<>();
    private final List<@Nullable Future<?>> running = new ArrayList<>();
    private final ExecutorService executor;
    private int current;

    private LiveFrameSender(int index) {
        executor = Executors.newFixedThreadPool(BANKS - 1, CpuAffinity.threadsOnOne(index));
    }

    static LiveFrameSender open(LinkDevice device, int index) throws KernelException {
        LiveFrameSender sender = new LiveFrameSender(index);
        try {
            for (int i = 0; i < BANKS; i++) {
                sender.banks.add(FrameBank.open(device));
                sender.running.add(null);
            }
            return sender;
        } catch (KernelException e) {
            sender.release();
            throw e;
        }
    }

    @Override
    public MemorySegment memory() {
        return banks.get(current).memory();
    }

    @Override
    public long offset() {
        return banks.get(current).offset();
    }

    @Override
    public void add(int bytes) {
        banks.get(current).add(bytes);
    }

    @Override
    public int count() {
        return banks.get(current).count();
    }

    @Override
    public boolean isFull() {
        return banks.get(current).isFull();
    }

    @Override
    public int send() throws IOException {
        FrameBank full = banks.get(current);
        int count = full.count();
        running.set(current, executor.submit(() -> {
            full.send();
            return count;
        }));
        current = (current + 1) % BANKS;
        await(current);
        return count;
    }

    private void await(int bank) throws IOException {
        Future<?> sending = running.get(bank);
        if (sending == null) {
            return;
        }
        try {
            sending.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.set(bank, null);
    }

    @Override
    public void close() throws IOException {
        try {
            for (int i = 0; i < BANKS; i++) {
                await(i);
            }
        } finally {
            release();
        }
    }

    /** Waits for calls under way: their memory must live as long. */
    private void release() {
        executor.close();
        banks.forEach(FrameBank::close);
    }
}
