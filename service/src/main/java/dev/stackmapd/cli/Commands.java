package dev.stackmapd.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The commands of the jar, which run if its first argument is the name of a command; otherwise, the
/// service starts.
///
/// Exit codes are those of `sysexits.h` where it defines one. The help of a command lists them.
@Command(
        name = "stackmapd",
        subcommands = {Symbolize.class, Explain.class})
public final class Commands {
    static final int OK = 0;
    /// `EX_USAGE`: an option or address is invalid.
    static final int USAGE = 64;
    /// `EX_DATAERR`: a file is malformed.
    static final int BAD_FILE = 65;
    /// `EX_NOINPUT`: a file does not exist or cannot be read.
    static final int NO_FILE = 66;

    private static final Set<String> NAMES = Set.of("symbolize", "explain");

    private Commands() {}

    /// Returns true if the arguments of the jar are those of a command.
    public static boolean isCommand(String[] arguments) {
        return arguments.length > 0 && NAMES.contains(arguments[0]);
    }

    /// Runs a command and blocks until it has finished.
    ///
    /// @param in read only if the command has no addresses as arguments
    /// @return the exit code
    public static int run(String[] arguments, InputStream in, PrintWriter out, PrintWriter err) {
        CommandLine commands = new CommandLine(new Commands())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, given) -> fail(e.getCommandLine(), e.getMessage(), USAGE))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof CommandException failure) {
                        return fail(command, failure.getMessage(), failure.exitCode());
                    }
                    throw e;
                });
        commands.getSubcommands().values().forEach(command -> {
            if (command.getCommand() instanceof Symbolize symbolize) {
                symbolize.readFrom(in);
            }
        });
        int code = commands.execute(arguments);
        out.flush();
        err.flush();
        return code;
    }

    private static int fail(CommandLine command, @Nullable String sentence, int code) {
        command.getOut().flush();
        command.getErr().println(command.getCommandName() + ": " + sentence);
        return code;
    }
}
