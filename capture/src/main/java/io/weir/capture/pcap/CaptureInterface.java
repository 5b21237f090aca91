package io.weir.capture.pcap;

/**
 * An interface that packets were captured on. A classic pcap file has one.
 *
 * @param index counted from 0 over the whole input, however many files and sections that has
 * @param linkType LINKTYPE number
 * @param snapLength most bytes captured of a frame, as the file states it; 0: no limit stated
 * @param name as the file states it, or empty
 */
public record CaptureInterface(int index, int linkType, int snapLength, String name) {}
