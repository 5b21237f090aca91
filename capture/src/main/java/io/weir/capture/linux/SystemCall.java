package io.weir.capture.linux;

import java.util.Locale;

/**
 * System calls by their number on the two architectures that Weir runs on (arch/x86/entry/syscalls/syscall_64.tbl and
 * include/uapi/asm-generic/unistd.h of the kernel).
 */
enum SystemCall {
    BIND(49, 200),
    BPF(321, 280),
    CAPGET(125, 90),
    CAPSET(126, 91),
    CLOCK_GETTIME(228, 113),
    CLOSE(3, 57),
    CONNECT(42, 203),
    EVENTFD2(290, 19),
    GETSOCKOPT(55, 209),
    IOCTL(16, 29),
    LISTEN(50, 201),
    MMAP(9, 222),
    MUNMAP(11, 215),
    PPOLL(271, 73),
    READ(0, 63),
    RECVFROM(45, 207),
    RECVMMSG(299, 243),
    SCHED_GETAFFINITY(204, 123),
    SCHED_SETAFFINITY(203, 122),
    SENDMMSG(307, 269),
    SENDTO(44, 206),
    SETPRIORITY(141, 140),
    SETSOCKOPT(54, 208),
    SOCKET(41, 198),
    WRITE(1, 64);

    private final long number;

    SystemCall(int x86, int arm) {
        number = "aarch64".equals(System.getProperty("os.arch")) ? arm : x86;
    }

    long number() {
        return number;
    }

    /** As manual pages write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
