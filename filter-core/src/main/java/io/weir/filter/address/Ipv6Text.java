package io.weir.filter.address;

import java.util.Arrays;

/**
 * Reader of IPv6 text (RFC 4291 section 2.2). A state of its own for one address: groups are collected left to right,
 * then those after {@code ::} move to the end.
 */
final class Ipv6Text {
    private static final int GROUPS = 8;

    private final String text;
    private final int[] groups = new int[GROUPS];
    private int count;
    /** How many groups stand before {@code ::}, or -1 where there is none. */
    private int gap = -1;

    private Ipv6Text(String text) {
        this.text = text;
    }

    /** As {@link IpAddress#parse}, for text that holds a colon. */
    static boolean parse(String text, long[] halves) {
        Ipv6Text reader = new Ipv6Text(text);
        if (!reader.read() || !reader.closeGap()) {
            return false;
        }
        halves[0] = reader.half(0);
        halves[1] = reader.half(4);
        return true;
    }

    private boolean read() {
        int position = 0;
        if (isGap(0)) {
            gap = 0;
            position = 2;
        }
        while (position < text.length()) {
            int end = groupEnd(position);
            if (end < text.length() && text.charAt(end) == '.') {
                return readDotted(position);
            }
            if (end == position || count == GROUPS) {
                return false;
            }
            groups[count++] = value(position, end);
            if (end == text.length()) {
                return true;
            }
            if (text.charAt(end) != ':') {
                return false;
            }
            position = end + 1;
            if (isGap(end)) {
                if (gap >= 0) {
                    return false;
                }
                gap = count;
                position = end + 2;
            } else if (position == text.length()) {
                return false;
            }
        }
        return gap >= 0;
    }

    private boolean readDotted(int start) {
        long ipv4 = IpAddress.parseDotted(text, start);
        if (ipv4 < 0 || count > GROUPS - 2) {
            return false;
        }
        groups[count++] = (int) (ipv4 >>> 16);
        groups[count++] = (int) ipv4 & 0xffff;
        return true;
    }

    /** A gap stands for one group of zeros or more (RFC 4291 section 2.2). */
    private boolean closeGap() {
        if (gap < 0) {
            return count == GROUPS;
        }
        if (count == GROUPS) {
            return false;
        }
        int tail = count - gap;
        System.arraycopy(groups, gap, groups, GROUPS - tail, tail);
        Arrays.fill(groups, gap, GROUPS - tail, 0);
        return true;
    }

    private boolean isGap(int position) {
        return position + 1 < text.length() && text.charAt(position) == ':' && text.charAt(position + 1) == ':';
    }

    /** End of the hexadecimal digits from {@code start}, four at most. */
    private int groupEnd(int start) {
        int end = start;
        while (end < text.length() && end - start < 4 && hexDigit(text.charAt(end)) >= 0) {
            end++;
        }
        return end;
    }

    private int value(int start, int end) {
        int value = 0;
        for (int i = start; i < end; i++) {
            value = value << 4 | hexDigit(text.charAt(i));
        }
        return value;
    }

    private long half(int start) {
        long half = 0;
        for (int i = start; i < start + 4; i++) {
            half = half << 16 | groups[i];
        }
        return half;
    }

    /** ASCII only: {@link Character#digit} takes the digits of every script. */
    private static int hexDigit(char character) {
        return character < 0x80 ? Character.digit(character, 16) : -1;
    }
}
