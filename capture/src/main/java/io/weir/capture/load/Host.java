package io.weir.capture.load;

/** A server on the near side of the tap. The MAC address in the low 48 bits. */
record Host(long high, long low, long mac) {}
