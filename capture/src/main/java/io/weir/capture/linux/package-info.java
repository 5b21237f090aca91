/**
 * The Linux kernel's packet interfaces, through its system calls alone: no library of ours is compiled, none of the
 * distribution's is needed.
 *
 * <pre>
 *   Kernel (system calls) ◀─ Descriptor, Poller, Wakeup ◀─ RingGroup, AfPacketBridge (AF_PACKET)
 *                                                       ◀─ NetlinkSocket ◀─ NfQueue, QueueRules, BridgeRules, NfShield (netfilter)
 *                         ◀─ Bpf ◀─ BpfAssembler, BpfMap ◀─ XdpShield (as NfShield, a Shield)
 * </pre>
 *
 * <p>What a worker uses (a ring, a queue) belongs to that worker's thread; the one call from outside is {@link
 * io.weir.capture.linux.Wakeup#wake}. Every failure is a {@link io.weir.capture.linux.KernelException} that names the
 * call. Neighbours: {@code filter.packet} and {@code filter.address}; {@code capture.source} and {@code capture.sink}
 * give these the pipeline's shape.
 */
@NullMarked
package io.weir.capture.linux;

import org.jspecify.annotations.NullMarked;
