package io.weir.capture.linux;

import io.weir.capture.testing.Skips;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A network of its own, for as long as it is open: a thread that left the host's. Sockets made and programs started on
 * that thread are in it.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final boolean IS_ARM = "aarch64".equals(System.getProperty("os.arch"));
    private static final long UNSHARE = IS_ARM ? 97 : 272;
    private static final long GETTID = IS_ARM ? 178 : 186;
    private static final long CLONE_NEWNET = 0x4000_0000L;
    private static final int LONGEST_SECONDS = 60;

    private final ExecutorService executor;
    private final Thread thread;
    private final long threadId;

    private NetworkNamespace(ExecutorService executor, Thread thread, long threadId) {
        this.executor = executor;
        this.thread = thread;
        this.threadId = threadId;
    }

    /** Makes one with its loopback up, or skips the calling test where that can't be. */
    public static NetworkNamespace make() throws IOException {
        Skips.unless(
                "root".equals(System.getProperty("user.name")) && has("ip"),
                "run as root, allowed to make network namespaces, with ip (iproute2) installed, to test against the kernel");
        ExecutorService executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("namespace").factory());
        try {
            long result = executor.submit(() -> Kernel.call(UNSHARE, CLONE_NEWNET, 0, 0, 0, 0, 0))
                    .get();
            Skips.unless(result == 0, "allow network namespaces (unshare) to test against the kernel");
            long id =
                    executor.submit(() -> Kernel.call(GETTID, 0, 0, 0, 0, 0, 0)).get();
            NetworkNamespace namespace = new NetworkNamespace(
                    executor, executor.submit(Thread::currentThread).get(), id);
            namespace.run("ip link set lo up");
            return namespace;
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    /** Whether a program is installed. */
    public static boolean has(String program) {
        for (String folder : (System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** Does something in this network; what is done there may ask for more. */
    public <T> T call(Callable<T> task) throws Exception {
        if (Thread.currentThread() == thread) {
            return task.call();
        }
        try {
            return executor.submit(task).get(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            switch (Objects.requireNonNull(e.getCause())) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    /**
     * Runs a shell script in this network.
     *
     * @return what it wrote
     * @throws IOException if it fails, with that
     */
    public String run(String script) throws IOException {
        try {
            Process process = start(script);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(script + " failed: " + output);
            }
            return output;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Starts a shell script in this network. */
    public Process start(String script) throws IOException {
        try {
            return call(() -> new ProcessBuilder("bash", "-ec", script)
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** Joins this network with another by a cable, an interface of each name at its ends; both up. */
    public void connect(String here, NetworkNamespace other, String there) throws IOException {
        run("ip link add " + here + " type veth peer name " + there + " netns " + other.threadId);
        run("sysctl -qw net.ipv6.conf." + here + ".accept_dad=0; ip link set " + here + " up");
        other.run("sysctl -qw net.ipv6.conf." + there + ".accept_dad=0; ip link set " + there + " up");
    }

    @Override
    public void close() {
        executor.shutdownNow();
        executor.close();
    }
}
