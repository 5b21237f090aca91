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
        // A daemon that has another socket would put its rules back, and packets pass meanwhile.
        try (InterfaceClaim _ = InterfaceClaim.ofAll()) {
            boolean isInstalled = QueueRules.isInstalled() || NfShield.isInstalled() || BridgeRules.isInstalled();
            QueueRules.remove();
            NfShield.remove();
            BridgeRules.remove();
            boolean isLeft = Files.deleteIfExists(socket);
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
            throw CommandException.failed(socket + " can't be removed: " + refused.getMessage());
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
