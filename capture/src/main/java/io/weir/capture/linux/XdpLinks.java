package io.weir.capture.linux;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What holds the programs of {@link XdpShield} to its interfaces. */
final class XdpLinks implements AutoCloseable {
    private static final int FLAG_GENERIC = 2;
    private static final int FLAG_NATIVE = 4;

    private final ShieldMaps maps;
    private final boolean isBridge;
    private final List<Attached> attached = new ArrayList<>();
    private List<String> interfaces = List.of();

    /** Interfaces of which was said that the program can't be attached again. */
    private final Set<String> refused = new HashSet<>();

    /** @param isBridge whether nothing needs to be noted of what leaves */
    XdpLinks(ShieldMaps maps, boolean isBridge) {
        this.maps = maps;
        this.isBridge = isBridge;
    }

    /** Both programs on an interface, as long as that is there. */
    private record Attached(
            String name,
            int index,
            Descriptor ingress,
            @Nullable Descriptor egress) {
        /** Whether no other program took one of them off (bpf(2), BPF_LINK_DETACH). */
        boolean isWhole() throws KernelException {
            return Bpf.linkedTo(ingress) == index && (egress == null || Bpf.linkedTo(egress) == index);
        }

        void close() {
            ingress.close();
            if (egress != null) {
                egress.close();
            }
        }
    }

    /** What holds each program, of what comes in and of what leaves. */
    List<Descriptor> descriptors() {
        return attached.stream()
                .flatMap(one -> Stream.of(one.ingress(), one.egress()))
                .filter(Objects::nonNull)
                .toList();
    }

    /** @throws KernelException if the process may not, or another program is attached to one of them */
    void attach(List<String> names, Descriptor program) throws KernelException {
        interfaces = List.copyOf(names);
        for (String name : names) {
            attach(LinkDevice.of(name), program);
        }
    }

    private void attach(LinkDevice device, Descriptor program) throws KernelException {
        String attempt = "can't attach an XDP program to " + device.name();
        long linked = Bpf.link(Bpf.Type.XDP, program, device.index(), FLAG_NATIVE);
        boolean isTaken = linked == -Errno.EBUSY || linked == -Errno.EEXIST;
        if (linked < 0 && !isTaken && linked != -Errno.EPERM) {
            // Each driver has its own word for what it can't: an MTU (ERANGE), queues (ENOMEM), offloads.
            linked = Bpf.link(Bpf.Type.XDP, program, device.index(), FLAG_GENERIC);
        }
        if (linked == -Errno.EBUSY || linked == -Errno.EEXIST) {
            throw KernelException.of(attempt, Errno.EBUSY, "another program is attached there");
        }
        Descriptor ingress = Descriptor.of(linked, attempt);
        if (isBridge) {
            attached.add(new Attached(device.name(), device.index(), ingress, null));
            return;
        }
        try (Descriptor egress = Bpf.load(Bpf.Type.TC, ShieldProgram.egress(maps))) {
            Descriptor outward = Descriptor.of(
                    Bpf.link(Bpf.Type.TC, egress, device.index(), 0),
                    "can't attach a program to what leaves " + device.name() + " (tcx, Linux 6.6 or newer)");
            attached.add(new Attached(device.name(), device.index(), ingress, outward));
        } catch (KernelException e) {
            ingress.close();
            throw e;
        }
    }

    /** Puts another program in the place of the one that looks at what comes in. */
    void exchange(Descriptor program) throws KernelException {
        for (Attached one : attached) {
            long result = Bpf.exchange(one.ingress(), program);
            // Of an interface that was removed nothing comes; where the program was taken off it comes back.
            if (result < 0 && result != -Errno.ENOLINK) {
                throw KernelException.of("can't exchange an XDP program", (int) -result);
            }
        }
    }

    /**
     * Attaches to interfaces that were removed and are there again, under another number, and to those that another program
     * took one of these off from; lets go of those that are removed.
     *
     * @return what is to be said of that, a sentence each
     */
    List<String> heal(Descriptor program) throws KernelException {
        List<String> said = new ArrayList<>();
        for (String name : interfaces) {
            int index = LinkDevice.index(name);
            boolean isTakenOff = false;
            for (Attached one : List.copyOf(attached)) {
                if (one.name().equals(name) && (one.index() != index || !one.isWhole())) {
                    isTakenOff = one.index() == index;
                    one.close();
                    attached.remove(one);
                }
            }
            if (index != 0 && attached.stream().noneMatch(one -> one.name().equals(name))) {
                attachAgain(name, isTakenOff, program, said);
            }
        }
        return said;
    }

    private void attachAgain(String name, boolean isTakenOff, Descriptor program, List<String> said) {
        try {
            attach(LinkDevice.of(name), program);
            refused.remove(name);
            said.add(
                    isTakenOff
                            ? "another program took weir's off " + name
                                    + ": attached again, after at most half a second in which the kernel dropped nothing there"
                            : name + " is back: the kernel drops for weir there again");
        } catch (KernelException gone) {
            // Removed again, or taken by another's program: it is tried again next time.
            if (gone.errorNumber() != Errno.ENODEV && refused.add(name)) {
                said.add("the kernel drops nothing for weir on " + name + " until this ends: " + gone.getMessage());
            }
        }
    }

    /** Detaches all. */
    @Override
    public void close() {
        attached.forEach(Attached::close);
        attached.clear();
    }
}
