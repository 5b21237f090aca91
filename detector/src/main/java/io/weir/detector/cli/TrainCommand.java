package io.weir.detector.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code weir train}: does once what a start does, so that the JVM can keep its classes (scripts/weir makes the AOT cache). */
@Command(name = "train", hidden = true, description = "Do what a start does, for the cache of classes.")
final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        try {
            Path folder = Files.createTempDirectory("weir-train");
            String capture = folder.resolve("train.pcap").toString();
            String events = folder.resolve("events.jsonl").toString();
            try {
                run("--version");
                run("generate", "mixed", "--seconds", "2", "--out", capture);
                run("replay", "--events", events, capture);
                run("replay", "--json", capture);
                run("run", "--plan");
            } finally {
                Files.deleteIfExists(Path.of(events));
                Files.deleteIfExists(Path.of(capture));
                Files.deleteIfExists(folder);
            }
        } catch (IOException failure) {
            throw CommandException.failed("training needs room for a small capture: " + failure.getMessage());
        }
        return ExitStatus.DONE;
    }

    private static void run(String... arguments) {
        Main.execute(new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()), arguments);
    }
}
