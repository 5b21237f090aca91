package io.weir.capture.linux;

import java.util.concurrent.ThreadFactory;

/** How much a thread gives way to others, from -20 to 19 (setpriority(2); of Linux, each thread's own). */
public final class Niceness {
    /** Of threads that packets wait for, and of those that make fewer wait. */
    public static final int PACKETS = -5;

    /** Of a process that nobody changed it of. */
    public static final int USUAL = 0;

    /** Of threads that tell what happened: they are woken just when the core that judges has fallen behind. */
    public static final int TELLING = 5;

    private static final int PRIO_PROCESS = 0;

    private Niceness() {}

    /** Changes the calling thread's; without CAP_SYS_NICE a lower one is refused, and all stays as it was. */
    public static void set(int niceness) {
        Kernel.call(SystemCall.SETPRIORITY, PRIO_PROCESS, 0, niceness);
    }

    /** Makes daemon threads that give way so much, whatever the thread does that they are made by. */
    public static ThreadFactory threads(String name, int niceness) {
        return action -> Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            set(niceness);
            action.run();
        });
    }
}
