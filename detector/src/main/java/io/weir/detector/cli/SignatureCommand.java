package io.weir.detector.cli;

import io.weir.detector.config.tree.Faults;
import io.weir.detector.config.tree.JsonTree;
import io.weir.detector.config.tree.Node;
import io.weir.filter.signature.Export;
import io.weir.filter.signature.Signature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir signature}: signatures in the languages of other filters. */
@Command(
        name = "signature",
        description = {
            "Check a signature, or take those of a file of events, and print them for other filters.",
            "",
            "One a line: tcpdump expressions, matches of nftables rules, or as Weir reads them.",
            "",
            "  weir signature --format bpf 'tcp flags syn, window 512, options none'",
            "  weir signature --format nft events.jsonl",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SignatureCommand implements Callable<Integer> {
    /** In which language. */
    enum Format {
        TEXT,
        BPF,
        NFT
    }

    @Option(names = "--format", paramLabel = "FORMAT", description = "text (the default), bpf or nft.")
    private Format format = Format.TEXT;

    @Parameters(paramLabel = "SIGNATURE|EVENTS", description = "A signature, or the name of a file of events.")
    private String given = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        for (Signature signature : signatures()) {
            Export export = export(signature);
            out.println(export.text());
            for (String missing : export.missing()) {
                err.println("weir: '" + signature + "' as " + lowerCase(format) + ": can't say " + missing
                        + "; matches more than the signature does");
            }
        }
        out.flush();
        err.flush();
        return ExitStatus.DONE;
    }

    private static String lowerCase(Format format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    private Export export(Signature signature) {
        return switch (format) {
            case TEXT -> new Export(signature.toString(), List.of());
            case BPF -> Export.toBpf(signature);
            case NFT -> Export.toNft(signature);
        };
    }

    private List<Signature> signatures() {
        Path file = file();
        if (Files.isRegularFile(file)) {
            return ofEvents(file);
        }
        return switch (Signature.parse(given)) {
            case Signature.Parsed.Valid valid -> List.of(valid.signature());
            case Signature.Parsed.Invalid invalid ->
                throw CommandException.wrongUsage("'" + given + "' is no file, and no signature " + invalid);
        };
    }

    private Path file() {
        try {
            return Path.of(given);
        } catch (InvalidPathException notAPath) {
            return Path.of("");
        }
    }

    /** Every signature that its floods had, once. */
    private static List<Signature> ofEvents(Path file) {
        Set<Signature> signatures = new LinkedHashSet<>();
        Faults faults = new Faults(file.toString());
        try (Stream<String> lines = Files.lines(file)) {
            lines.forEach(line -> JsonTree.read(line, faults)
                    .flatMap(event -> member(event, "flood"))
                    .flatMap(flood -> member(flood, "signatures"))
                    .ifPresent(list -> take(list, signatures)));
        } catch (IOException | UncheckedIOException unreadable) {
            throw CommandException.failed(file + ": can't be read: " + unreadable.getMessage());
        }
        if (faults.count() > 0) {
            throw CommandException.wrongUsage(faults.list());
        }
        return new ArrayList<>(signatures);
    }

    private static void take(Node list, Set<Signature> signatures) {
        if (list instanceof Node.Sequence sequence) {
            for (Node item : sequence.items()) {
                member(item, "text").ifPresent(text -> {
                    if (text instanceof Node.Scalar scalar
                            && Signature.parse(scalar.text()) instanceof Signature.Parsed.Valid valid) {
                        signatures.add(valid.signature());
                    }
                });
            }
        }
    }

    private static Optional<Node> member(Node node, String name) {
        return node instanceof Node.Mapping mapping
                ? mapping.entries().stream()
                        .filter(entry -> entry.key() instanceof Node.Scalar key
                                && key.text().equals(name))
                        .map(Node.Entry::value)
                        .findFirst()
                : Optional.empty();
    }
}
