package io.weir.detector.cli;

import io.weir.capture.sink.CaptureFileSink;
import io.weir.capture.sink.PacketSink;
import io.weir.detector.event.EventWriter;
import io.weir.detector.report.HtmlReport;
import io.weir.detector.report.RateHistory;
import io.weir.detector.report.ReplaySummary;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files a replay writes. They exist after every run, empty if nothing happened. */
final class ReplayOutputs implements AutoCloseable {
    private static final String STANDARD = "-";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<PacketSink> sinks = new ArrayList<>();
    private final List<NamedSink> captures = new ArrayList<>();
    private final RateHistory history = new RateHistory();
    private @Nullable OutputStream report;
    private @Nullable EventWriter events;

    /** What the command line named; null for an output that isn't wanted. */
    record Names(
            @Nullable String pass,
            @Nullable String drop,
            @Nullable String events,
            @Nullable String report) {
        static final Names NONE = new Names(null, null, null, null);

        boolean isStandardOutputUsed() {
            return given().anyMatch(STANDARD::equals);
        }

        /**
         * Makes sure that no output is an input or another output, however it is spelled.
         *
         * @param inputs whatever the command reads
         * @throws CommandException if one is
         */
        void refuseCollisions(List<String> inputs) {
            List<String> outputs = given().toList();
            for (int i = 0; i < outputs.size(); i++) {
                String output = outputs.get(i);
                if (inputs.stream().anyMatch(input -> isSameFile(output, input))) {
                    throw CommandException.wrongUsage("'" + output + "' is an input; an output would destroy it");
                }
                if (outputs.subList(0, i).stream()
                        .anyMatch(other -> output.equals(other) || isSameFile(output, other))) {
                    throw CommandException.wrongUsage("'" + output + "' is named for two outputs");
                }
            }
        }

        private Stream<String> given() {
            return Stream.of(pass, drop, events, report).filter(name -> name != null);
        }

        private static boolean isSameFile(String one, String other) {
            if (one.equals(STANDARD) || other.equals(STANDARD)) {
                return false;
            }
            try {
                Path place = place(Path.of(one));
                // A device takes what several write to it.
                return place.equals(place(Path.of(other))) && (Files.isRegularFile(place) || Files.notExists(place));
            } catch (IOException | InvalidPathException unusable) {
                return false; // whoever opens it will say why
            }
        }

        /** Where a file is, or will be once it is written. */
        private static Path place(Path path) throws IOException {
            if (Files.exists(path)) {
                return path.toRealPath();
            }
            Path absolute = path.toAbsolutePath();
            Path folder = absolute.getParent();
            return folder == null ? absolute : folder.toRealPath().resolve(absolute.getFileName());
        }
    }

    private record NamedSink(String name, CaptureFileSink sink) {}

    /**
     * Creates the outputs.
     *
     * @throws CommandException if one can't be used
     */
    static ReplayOutputs open(Names names) {
        ReplayOutputs outputs = new ReplayOutputs();
        try {
            if (names.pass != null) {
                outputs.add(names.pass, CaptureFileSink.ofPassed(names.pass));
            }
            if (names.drop != null) {
                outputs.add(names.drop, CaptureFileSink.ofDropped(names.drop));
            }
            if (names.events != null) {
                EventWriter writer = new EventWriter(stream(names.events));
                outputs.open.add(writer);
                outputs.events = writer;
            }
            if (names.report != null) {
                OutputStream stream = stream(names.report);
                outputs.open.add(stream);
                outputs.report = stream;
            }
        } catch (IOException failure) {
            outputs.closeQuietly();
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        }
        return outputs;
    }

    private void add(String name, CaptureFileSink sink) {
        captures.add(new NamedSink(name, sink));
        sinks.add(sink);
        open.add(sink);
    }

    private static OutputStream stream(String name) throws IOException {
        if (name.equals(STANDARD)) {
            return new BufferedOutputStream(new FileOutputStream(java.io.FileDescriptor.out));
        }
        try {
            return new BufferedOutputStream(Files.newOutputStream(Path.of(name)));
        } catch (NoSuchFileException missing) {
            throw new IOException("cannot write " + name + ": the folder doesn't exist", missing);
        } catch (AccessDeniedException denied) {
            throw new IOException("cannot write " + name + ": permission denied", denied);
        } catch (IOException failure) {
            String why = Files.isDirectory(Path.of(name)) ? "it is a folder" : failure.getMessage();
            throw new IOException("cannot write " + name + ": " + why, failure);
        }
    }

    List<PacketSink> sinks() {
        return sinks;
    }

    @Nullable
    EventWriter events() {
        return events;
    }

    /** What rates the report will show, or null where none is wanted. */
    @Nullable
    RateHistory history() {
        return report == null ? null : history;
    }

    /** @throws IOException if it can't be written */
    void report(ReplaySummary summary) throws IOException {
        if (report != null) {
            report.write(HtmlReport.of(summary, history).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What a person should know about what was written. */
    List<String> warnings() {
        return captures.stream()
                .filter(capture -> capture.sink.otherLinkTypePackets() > 0)
                .map(capture -> capture.name + " lacks " + capture.sink.otherLinkTypePackets()
                        + " packets of other link types than its first; .pcapng holds all")
                .toList();
    }

    /** @throws IOException if the last bytes of an output can't be written */
    @Override
    public void close() throws IOException {
        IOException first = null;
        for (AutoCloseable output : open) {
            try {
                output.close();
            } catch (IOException failure) {
                first = first == null ? failure : first;
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        open.clear();
        if (first != null) {
            throw first;
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException ignored) {
            // The failure that is being reported came first.
        }
    }
}
