package io.weir.capture.linux;

/** Error numbers of the kernel (include/uapi/asm-generic/errno-base.h and errno.h), the same on both architectures. */
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int E2BIG = 7;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int ENOSPC = 28;
    static final int ERANGE = 34;
    static final int ENOLINK = 67;
    static final int EMSGSIZE = 90;
    static final int ENOPROTOOPT = 92;
    static final int EOPNOTSUPP = 95;
    static final int EAFNOSUPPORT = 97;
    static final int EADDRINUSE = 98;
    static final int ENETDOWN = 100;
    static final int ENOBUFS = 105;

    private Errno() {}

    /** What the C library would say, and the number's name; the number alone for a rare one. */
    static String text(int number) {
        return switch (number) {
            case EPERM -> "operation not permitted (EPERM)";
            case ENOENT -> "no such thing (ENOENT)";
            case EINTR -> "interrupted (EINTR)";
            case ENXIO -> "no such device or address (ENXIO)";
            case E2BIG -> "too long (E2BIG)";
            case EIO -> "input or output error (EIO)";
            case EAGAIN -> "not now (EAGAIN)";
            case ENOMEM -> "out of memory (ENOMEM)";
            case EACCES -> "permission denied (EACCES)";
            case EBUSY -> "in use (EBUSY)";
            case EEXIST -> "exists already (EEXIST)";
            case ENODEV -> "no such device (ENODEV)";
            case EINVAL -> "invalid argument (EINVAL)";
            case ENOSPC -> "no room (ENOSPC)";
            case ERANGE -> "out of range (ERANGE)";
            case ENOLINK -> "link has been severed (ENOLINK)";
            case EMSGSIZE -> "message too long (EMSGSIZE)";
            case ENOPROTOOPT -> "no such option (ENOPROTOOPT)";
            case EOPNOTSUPP -> "not supported (EOPNOTSUPP)";
            case EAFNOSUPPORT -> "address family not supported (EAFNOSUPPORT)";
            case EADDRINUSE -> "address in use (EADDRINUSE)";
            case ENETDOWN -> "network is down (ENETDOWN)";
            case ENOBUFS -> "no buffer space (ENOBUFS)";
            default -> "error number " + number;
        };
    }
}
