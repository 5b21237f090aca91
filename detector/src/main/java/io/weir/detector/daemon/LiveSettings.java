package io.weir.detector.daemon;

import io.weir.capture.linux.QueueRules;
import io.weir.detector.config.ManagementAccess;
import io.weir.detector.config.ProtectedPrefix;
import io.weir.detector.config.RunConfig;
import io.weir.detector.config.RunConfig.Failure;
import io.weir.detector.config.RunConfig.Mode;
import io.weir.detector.config.RunConfig.Offload;
import io.weir.detector.config.RunConfig.Overload;
import io.weir.detector.config.WeirConfig;
import io.weir.filter.address.IpAddress;
import io.weir.filter.address.IpPrefix;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a daemon does, with everything said that the configuration left open: observe what comes to this host.
 *
 * @param run interfaces and what to do with their packets
 * @param protect what is protected
 */
public record LiveSettings(WeirConfig config, RunConfig run, List<ProtectedPrefix> protect) {
    /** This host as it is: its interfaces that are up and have addresses, and these. */
    record HostNetwork(List<String> interfaces, List<IpPrefix> addresses) {}

    public LiveSettings {
        protect = List.copyOf(protect);
    }

    /**
     * Fills in what the configuration leaves open.
     *
     * @throws DaemonException where that can't be run: with what would be right
     */
    public static LiveSettings of(WeirConfig config) throws DaemonException {
        HostNetwork host = hostNetwork();
        List<ProtectedPrefix> protect = config.protect();
        if (protect.isEmpty()) {
            protect = host.addresses().stream()
                    .map(address -> ProtectedPrefix.of(address).with(config.rules()))
                    .toList();
        }
        if (protect.isEmpty()) {
            throw new DaemonException(
                    "this host has no address on an interface that is up; name what to protect: --protect CIDR");
        }
        if (config.run().isEmpty() && host.interfaces().isEmpty()) {
            throw new DaemonException("no interface is up; name those to watch: run: { interfaces: [eth0] }");
        }
        RunConfig run = config.run()
                .orElseGet(() ->
                        new RunConfig(Mode.OBSERVE, host.interfaces(), 1, Failure.OPEN, Overload.DROP, Offload.AUTO));
        refuse(run);
        if (run.mode() == Mode.XDP) {
            refuseForXdp(run, protect);
        }
        return new LiveSettings(config, run, protect);
    }

    private static void refuse(RunConfig run) throws DaemonException {
        if (run.mode() == Mode.BRIDGE && run.workers() > 1) {
            throw new DaemonException("run.workers " + run.workers()
                    + ": a bridge has one worker, all other modes may have more; write 1");
        }
        if (run.mode() == Mode.BRIDGE && run.failure() == Failure.OPEN) {
            throw new DaemonException("run.failure open: nothing passes a bridge whose program is gone; write"
                    + " 'failure: closed' to say that this is known");
        }
    }

    private static void refuseForXdp(RunConfig run, List<ProtectedPrefix> protect) throws DaemonException {
        for (ProtectedPrefix entry : protect) {
            if (!entry.rules().isEmpty()) {
                throw new DaemonException("run.mode xdp: it can't enforce the security groups of " + entry.prefix()
                        + ", as it knows no connections; write 'mode: queue', or take the groups out");
            }
        }
        if (protect.stream().anyMatch(entry -> !entry.signatures().isEmpty())) {
            throw new DaemonException("run.mode xdp: it finds signatures itself and doesn't enforce those of the"
                    + " configuration; write 'mode: queue', or take them out");
        }
        if (run.failure() == Failure.CLOSED) {
            throw new DaemonException("run.failure closed: mode xdp ends with its program, and packets then pass; write"
                    + " 'failure: open', or 'mode: queue'");
        }
        if (run.offload() == Offload.NONE) {
            throw new DaemonException("run.offload none: in mode xdp the kernel alone drops; write 'mode: observe'");
        }
    }

    private static HostNetwork hostNetwork() throws DaemonException {
        List<String> interfaces = new ArrayList<>();
        List<IpPrefix> addresses = new ArrayList<>();
        try {
            for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
                if (one.isUp() && !one.isLoopback()) {
                    List<IpPrefix> own = addresses(one);
                    // A port of a bridge has none: what comes there is seen on the bridge.
                    if (!own.isEmpty()) {
                        interfaces.add(one.getName());
                        addresses.addAll(own);
                    }
                }
            }
        } catch (SocketException e) {
            throw new DaemonException("this host's interfaces can't be listed: " + e.getMessage());
        }
        return new HostNetwork(interfaces, addresses.stream().distinct().toList());
    }

    private static List<IpPrefix> addresses(NetworkInterface one) {
        return one.getInterfaceAddresses().stream()
                .map(InterfaceAddress::getAddress)
                .filter(address -> !address.isLinkLocalAddress())
                .map(LiveSettings::prefix)
                .toList();
    }

    private static IpPrefix prefix(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == Integer.BYTES
                ? IpPrefix.host(0, IpAddress.mapped(bytes.getInt()))
                : IpPrefix.host(bytes.getLong(), bytes.getLong());
    }

    public boolean isObserving() {
        return run.mode() == Mode.OBSERVE;
    }

    /** The rules of mode queue. */
    QueueRules queueRules() {
        return new QueueRules(run.interfaces(), 0, run.workers(), run.failure() == Failure.OPEN, management());
    }

    /** What passes before everything, in the kernel. */
    List<QueueRules.Management> management() {
        List<QueueRules.Management> management = new ArrayList<>();
        for (ManagementAccess access : config.management()) {
            access.ports().forEach(port -> management.add(new QueueRules.Management(access.prefix(), port)));
        }
        return management;
    }
}
