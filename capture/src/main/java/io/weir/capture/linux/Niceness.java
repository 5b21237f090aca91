package io.weir.capture.linux;

/** How much a thread gives way to others, from -20 to 19 (setpriority(2); of Linux, each thread's own). */
public final class Niceness {
    private static final int PRIO_PROCESS = 0;

    private Niceness() {}

    /** Changes the calling thread's; without CAP_SYS_NICE a lower one is refused, and all stays as it was. */
    public static void set(int niceness) {
        Kernel.call(SystemCall.SETPRIORITY, PRIO_PROCESS, 0, niceness);
    }
}
