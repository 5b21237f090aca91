package io.weir.capture.pcap;

import java.io.IOException;

/** What is wrong with an input, and where in it; the name of the input is added where it is known. */
final class Damage extends IOException {
    private static final long serialVersionUID = 1L;

    Damage(String message) {
        super(message);
    }
}
