package io.weir.detector.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code weir}: finds the command and runs it. */
@Command(
        name = "weir",
        description =
                "Packet filter and flood detector: what floods a host, dropped, with the reason for every packet.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Callable<Integer> {
    private static final List<Class<?>> COMMANDS = List.of(
            ReplayCommand.class,
            RunCommand.class,
            CheckCommand.class,
            ExplainCommand.class,
            SignatureCommand.class,
            GenerateCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            ClassifyBenchCommand.class,
            ListenerBenchCommand.class,
            ConnectionBenchCommand.class,
            QualityCommand.class,
            UsersCommand.class,
            TrainCommand.class,
            DaemonCommands.Status.class,
            DaemonCommands.Top.class,
            DaemonCommands.Floods.class,
            DaemonCommands.Rules.class,
            DaemonCommands.Thresholds.class,
            ConnectionsCommand.class,
            BanCommands.Ban.class,
            BanCommands.Unban.class,
            BanCommands.Bans.class,
            DaemonCommands.Observe.class,
            DaemonCommands.Reload.class,
            DaemonCommands.Confirm.class,
            DaemonCommands.Config.class,
            CleanCommand.class,
            CommandLine.HelpCommand.class);

    /** How the parser lists the constants that an option takes. */
    private static final Pattern CHOICE = Pattern.compile("expected one of \\[([^\\]]*)\\]");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int status = execute(out, err, arguments);
        out.flush();
        err.flush();
        System.exit(status);
    }

    /** Runs a command and gives its exit status. */
    static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("run")) {
            return execute(commands(arguments), out, err, arguments);
        }
        // To read the arguments takes as long as the first round of the warm-up.
        WarmUp warmUp = WarmUp.start();
        try {
            return execute(new CommandLine(new Main()).addSubcommand(new RunCommand(warmUp)), out, err, arguments);
        } finally {
            warmUp.abandon();
        }
    }

    /** Of all commands the one that is called; to look at each for its options takes as long as a small replay. */
    private static CommandLine commands(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        Optional<Class<?>> called = Arrays.stream(arguments)
                .limit(1)
                .flatMap(name -> COMMANDS.stream().filter(one -> name.equals(name(one))))
                .findFirst()
                .filter(one -> one != CommandLine.HelpCommand.class);
        called.map(List::<Class<?>>of).orElse(COMMANDS).forEach(line::addSubcommand);
        return line;
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    /** Runs one of some commands. */
    static int execute(CommandLine commands, PrintWriter out, PrintWriter err, String... arguments) {
        return commands.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((failure, args) -> reject(failure))
                .setExecutionExceptionHandler((failure, commandLine, result) -> fail(commandLine, failure))
                .execute(arguments);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitStatus.WRONG_USAGE;
    }

    private static int reject(ParameterException failure) {
        CommandLine commandLine = failure.getCommandLine();
        PrintWriter err = commandLine.getErr();
        err.println("weir: " + text(failure));
        if (failure instanceof UnmatchedArgumentException unmatched) {
            UnmatchedArgumentException.printSuggestions(unmatched, err);
        }
        err.println("See: " + commandLine.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitStatus.WRONG_USAGE;
    }

    private static int fail(CommandLine commandLine, Exception failure) throws Exception {
        if (!(failure instanceof CommandException known)) {
            throw failure;
        }
        known.text().lines().forEach(line -> commandLine.getErr().println("weir: " + line));
        commandLine.getErr().flush();
        return known.exitStatus();
    }

    /** What is wrong with the command line, in our words where the parser's are a programmer's. */
    private static String text(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            boolean isCommand = failure.getCommandLine().getParent() == null;
            return (isCommand ? "unknown command: '" : "unexpected argument: '")
                    + unmatched.getUnmatched().getFirst() + "'";
        }
        if (failure.getArgSpec() instanceof OptionSpec option && failure.getValue() != null) {
            if (option.type() == long.class) {
                return option.longestName() + " '" + failure.getValue() + "' isn't a whole number";
            }
            if (option.type() == Double.class) {
                return option.longestName() + " '" + failure.getValue() + "' isn't a number";
            }
        }
        String message = String.valueOf(failure.getMessage());
        Matcher choice = CHOICE.matcher(message);
        ArgSpec given = failure.getArgSpec();
        if (given != null && choice.find()) {
            String name = given instanceof OptionSpec option ? option.longestName() + " " : "";
            // Of a parameter the message alone has the value.
            String value = given instanceof OptionSpec
                    ? String.valueOf(failure.getValue())
                    : message.substring(message.lastIndexOf(" '") + 2, message.length() - 1);
            return name + "'" + value + "' isn't known; write one of "
                    + choice.group(1).toLowerCase(Locale.ROOT);
        }
        return firstLower(message);
    }

    private static String firstLower(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    /** From the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"weir " + text()};
        }

        static String text() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }
    }
}
