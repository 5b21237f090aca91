package io.weir.detector.cli;

import io.weir.capture.linux.BridgeRules;
import io.weir.capture.linux.InterfaceClaim;
import io.weir.capture.linux.KernelException;
import io.weir.capture.linux.NfShield;
import io.weir.capture.linux.QueueRules;
import io.weir.detector.config.ApiConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir clean}: takes everything out of the kernel that a daemon which died left there. */
@Command(
        name = "clean",
        description = "Remove what a daemon that was killed left in the kernel: its rules, and its socket.",
        mixinStandardHelpOptions = true)
final class CleanCommand implements Callable<Integer> {
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET_TYPE = 0140000;

    @Option(names = "--socket", paramLabel = "PATH", description = "The daemon's socket, where it isn't the usual one.")
    private Path socket = ApiConfig.DEFAULT_SOCKET;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (isAlive()) {
            throw CommandException.failed("a daemon answers at " + socket
                    + "; stop it, and it cleans up itself: kill its process, or systemctl stop weir");
        }
        if (isAnother()) {
            throw CommandException.wrongUsage(socket + " is no socket; nothing is removed");
        }
        // A daemon that has another socket would put its rules back, and packets pass meanwhile.
        try (InterfaceClaim _ = InterfaceClaim.ofAll()) {
            boolean isInstalled = QueueRules.isInstalled() || NfShield.isInstalled() || BridgeRules.isInstalled();
            QueueRules.remove();
            NfShield.remove();
            BridgeRules.remove();
            boolean isLeft = isRemoved();
            out.println(
                    isInstalled || isLeft
                            ? "Removed what was left: no rule of weir is in the kernel."
                            : "Nothing was left: no rule of weir is in the kernel.");
            out.flush();
            return ExitStatus.DONE;
        } catch (KernelException refused) {
            throw CommandException.failed(String.valueOf(refused.getMessage())
                    + (refused.isBusy() ? "; stop it, and it cleans up itself" : ""));
        } catch (IOException refused) {
            throw CommandException.failed("can't see whether another Weir runs: " + refused);
        }
    }

    private boolean isRemoved() {
        try {
            return Files.deleteIfExists(socket);
        } catch (IOException refused) {
            throw CommandException.failed(socket + " can't be removed: " + refused.getMessage());
        }
    }

    /** Whether what is there is no socket (inode(7)). */
    private boolean isAnother() {
        try {
            int mode = (int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return (mode & FILE_TYPE) != SOCKET_TYPE;
        } catch (IOException none) {
            return false;
        }
    }

    private boolean isAlive() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException nobody) {
            return false;
        }
    }
}
