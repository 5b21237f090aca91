package io.weir.capture.pcap;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import io.weir.filter.packet.LinkType;
import java.lang.reflect.Method;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;

/** Compiles filter expressions by libpcap, through pcap4j: the only class here that loads a native library. */
final class LibpcapCompiler {
    /** BSD's number for raw IP on Linux, which libpcap's compiler takes; files hold 101, and 14 by mistake. */
    private static final int DLT_RAW = 12;

    private static final int DLT_ATM_RFC1483 = 11;
    private static final int DLT_ATM_CLIP = 19;

    /** One instruction in memory: code 2, jump if true 1, jump if false 1, constant 4. */
    private static final int INSTRUCTION_BYTES = 8;

    private LibpcapCompiler() {}

    /**
     * Compiles for a link type.
     *
     * @throws PcapNativeException with libpcap's message
     * @throws LinkageError if libpcap isn't there
     */
    static BpfMachine compile(String expression, int linkType) throws PcapNativeException {
        DataLinkType type = DataLinkType.getInstance(dataLinkType(linkType));
        try (PcapHandle handle = Pcaps.openDead(type, RecordReader.MAXIMUM_FRAME_BYTES)) {
            BpfProgram program = handle.compileFilter(expression, BpfProgram.BpfCompileMode.OPTIMIZE, netmaskUnknown());
            try {
                return machine(program);
            } finally {
                program.free();
            }
        } catch (NotOpenException | ReflectiveOperationException e) {
            throw new IllegalStateException("pcap4j isn't the version that this was built with", e);
        }
    }

    /** The number that libpcap's compiler knows a LINKTYPE number of a file by, where they differ on Linux. */
    private static int dataLinkType(int linkType) {
        return switch (linkType) {
            case LinkType.RAW, LinkType.RAW_DLT_OPENBSD -> DLT_RAW;
            case 100 -> DLT_ATM_RFC1483;
            case 106 -> DLT_ATM_CLIP;
            default -> linkType;
        };
    }

    /** libpcap's value for "not known": an expression that needs the netmask is refused, not wrong. */
    private static Inet4Address netmaskUnknown() {
        try {
            return (Inet4Address) InetAddress.getByAddress(new byte[] {-1, -1, -1, -1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** pcap4j keeps the compiled instructions to itself; running them by its applyFilter would copy every frame. */
    private static BpfMachine machine(BpfProgram program) throws ReflectiveOperationException {
        Method getProgram = BpfProgram.class.getDeclaredMethod("getProgram");
        getProgram.setAccessible(true);
        Structure compiled = (Structure) getProgram.invoke(program);
        compiled.read();
        int count = (int) compiled.readField("bf_len");
        Pointer instructions = ((Structure) compiled.readField("bf_insns")).getPointer();
        int[] codes = new int[count];
        int[] jumpTrue = new int[count];
        int[] jumpFalse = new int[count];
        int[] constants = new int[count];
        for (int i = 0; i < count; i++) {
            long at = (long) i * INSTRUCTION_BYTES;
            codes[i] = instructions.getShort(at) & 0xffff;
            jumpTrue[i] = instructions.getByte(at + 2) & 0xff;
            jumpFalse[i] = instructions.getByte(at + 3) & 0xff;
            constants[i] = instructions.getInt(at + 4);
        }
        return new BpfMachine(codes, jumpTrue, jumpFalse, constants);
    }
}
