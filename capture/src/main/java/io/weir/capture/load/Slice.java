package io.weir.capture.load;

/** A part of {@link Payloads#MEMORY}, in bytes. */
record Slice(int offset, int length) {}
