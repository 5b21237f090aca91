package io.weir.capture.pcap;

/** Which length comes first in a pcap record; old versions had them the other way round. */
enum LengthOrder {
    CAPTURED_FIRST,
    WIRE_FIRST,
    /** Version 2.3, whose writers did both: the smaller one is what was captured. */
    EITHER;

    /** DG/UX wrote this as its major version. */
    private static final int MAJOR_DGUX = 543;

    static LengthOrder ofVersion(int major, int minor) throws Damage {
        if (major == MAJOR_DGUX && minor == 0) {
            return WIRE_FIRST;
        }
        if (major != 2 || minor > 4) {
            throw new Damage("unsupported pcap version " + major + "." + minor + "; 2.0 to 2.4 are read");
        }
        return minor == 4 ? CAPTURED_FIRST : minor == 3 ? EITHER : WIRE_FIRST;
    }

    /**
     * @param lengths the first field in the low half, the second in the high one
     * @return captured length in the low half, wire length in the high one
     */
    long captureFirst(long lengths) {
        boolean swap = this == WIRE_FIRST
                || this == EITHER && Integer.compareUnsigned((int) lengths, (int) (lengths >>> 32)) > 0;
        return swap ? Long.rotateLeft(lengths, Integer.SIZE) : lengths;
    }
}
