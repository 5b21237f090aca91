package io.weir.detector.cli;

import io.weir.detector.config.WeirConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code scripts/quality}: how soon simulated floods are found, what gets through, and what users lose. */
@Command(
        name = "quality",
        hidden = true,
        description = "Judge simulated traffic whose truth is known, and hold the figures against their goals.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class QualityCommand implements Callable<Integer> {
    /** Views that can be asked for. */
    enum Views {
        BOTH,
        INBOUND
    }

    @Option(
            names = "--scenario",
            paramLabel = "NAME",
            description = "Only scenarios whose name has this in it; may be given again.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--view", paramLabel = "both|inbound", description = "Only this view of the traffic.")
    private Optional<Views> view = Optional.empty();

    @Option(names = "--short", description = "A selection that takes less than a minute.")
    private boolean isShort;

    @Option(names = "--out", paramLabel = "FILE", description = "Write every figure with its goal, separated by tabs.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object for each row instead of the table.")
    private boolean json;

    @Option(names = "--list", description = "Name the scenarios, and run none.")
    private boolean isList;

    @Option(names = "--jobs", paramLabel = "N", description = "Scenarios at once (default: one for each processor).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<QualityScenario> chosen = chosen();
        PrintWriter to = spec.commandLine().getOut();
        if (isList) {
            chosen.stream().map(QualityScenario::name).distinct().forEach(to::println);
            to.flush();
            return ExitStatus.DONE;
        }
        try (Writer file = out.isPresent() ? Files.newBufferedWriter(out.get()) : Writer.nullWriter()) {
            run(chosen, to, file);
        } catch (IOException failure) {
            throw CommandException.failed(String.valueOf(failure.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private List<QualityScenario> chosen() {
        List<QualityScenario> all = isShort ? QualityGrid.selected() : QualityGrid.all();
        for (String name : names) {
            if (all.stream().noneMatch(scenario -> scenario.name().contains(name))) {
                throw CommandException.wrongUsage("--scenario '" + name + "' names none; see --list");
            }
        }
        if (jobs < 1) {
            throw CommandException.wrongUsage("--jobs '" + jobs + "' must be at least 1");
        }
        return all.stream()
                .filter(scenario -> names.isEmpty()
                        || names.stream().anyMatch(name -> scenario.name().contains(name)))
                .filter(scenario -> view.isEmpty() || scenario.isInbound() == (view.get() == Views.INBOUND))
                .toList();
    }

    /** Several at once, each told when those before it have been. */
    private void run(List<QualityScenario> scenarios, PrintWriter to, Writer file) throws IOException {
        WeirConfig config = Settings.read(null, QualityGrid.PROTECTED, List.of());
        file.write(QualityText.columns() + "\n");
        if (!json) {
            to.println(QualityText.heading());
        }
        int rows = 0;
        int met = 0;
        try (ExecutorService workers = Executors.newFixedThreadPool(jobs)) {
            List<Future<List<QualityRow>>> results = new ArrayList<>();
            for (QualityScenario scenario : scenarios) {
                results.add(workers.submit(
                        () -> QualityRun.of(scenario, scenario.isConfigured() ? config : WeirConfig.DEFAULT)));
            }
            for (Future<List<QualityRow>> result : results) {
                for (QualityRow row : result.get()) {
                    to.println(json ? QualityText.json(row) : QualityText.line(row));
                    to.flush();
                    file.write(QualityText.values(row) + "\n");
                    file.flush(); // a run that is stopped leaves what it has
                    rows++;
                    met += row.isMet() ? 1 : 0;
                }
            }
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw CommandException.failed("interrupted");
        }
        if (!json) {
            to.printf(Locale.ROOT, "%n%d of %d rows meet every goal%n", met, rows);
            to.flush();
        }
    }
}
