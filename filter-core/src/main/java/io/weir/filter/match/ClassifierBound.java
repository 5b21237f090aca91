package io.weir.filter.match;

/**
 * What the slowest header of one IP version costs, over all headers that can exist.
 *
 * @param blocks blocks of rows compared
 * @param words words of 64 boxes compared; with {@code blocks} of the same header
 * @param loads loads from tables, all stages together
 * @param isExact whether every pair of address classes was looked at; else the numbers are an upper bound
 */
public record ClassifierBound(int blocks, int words, int loads, boolean isExact) {}
