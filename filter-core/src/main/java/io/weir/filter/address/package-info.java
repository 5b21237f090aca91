/**
 * Addresses and prefixes. 128-bit addresses are two longs, IPv4 as IPv4-mapped IPv6. Immutable values; neighbours: the
 * JDK only.
 */
@NullMarked
package io.weir.filter.address;

import org.jspecify.annotations.NullMarked;
