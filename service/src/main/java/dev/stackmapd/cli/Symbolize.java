package dev.stackmapd.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stackmapd.cli.FramePrinter.Addr2line.Functions;
import dev.stackmapd.cli.FrameText.InlinedCalls;
import dev.stackmapd.elfcore.bytes.MalformedBinaryException;
import dev.stackmapd.elfcore.demangle.DemangleMode;
import dev.stackmapd.elfcore.lookup.AddressBatch;
import dev.stackmapd.elfcore.lookup.BinarySymbols;
import dev.stackmapd.elfcore.lookup.SourceFrames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `stackmapd symbolize`: prints functions, files and lines of addresses in one binary, like
/// `llvm-symbolizer` or `addr2line`.
@Command(
        name = "symbolize",
        description = {
            "Prints the functions, files and lines of ELF addresses of one binary, as llvm-symbolizer does.",
            "Unlike it, never gives an address outside a function the name of its neighbour."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every address was read; those that nothing is known of are printed as ??. Where there is no debug"
                    + " information, a sentence on stderr says so",
            "64:an option or an address cannot be read",
            "65:the file is no ELF file, or is damaged",
            "66:there is no such file, or it may not be read"
        })
@SuppressWarnings("NullAway.Init") // picocli sets them before it calls
final class Symbolize implements Callable<Integer> {
    @Option(
            names = {"-e", "--exe", "--obj"},
            required = true,
            paramLabel = "BINARY",
            description = "The executable, shared library or debug file.")
    private Path binary;

    @Option(
            names = "--debug-file-directory",
            paramLabel = "DIR",
            description = "Looks for debug files there instead of in /usr/lib/debug. May be repeated.")
    private List<Path> debugFolders = List.of(Path.of("/usr/lib/debug"));

    @Option(
            names = {"-i", "--inlines"},
            negatable = true,
            description = "Prints inlined calls (default, but not with --addr2line), or with --no-inlines does not.")
    private @Nullable Boolean inlines;

    @Option(
            names = {"-s", "--basenames"},
            description = "Prints names of files without their folders.")
    private boolean baseNames;

    @Option(
            names = {"-a", "--addresses"},
            description = "Prints each address before its functions.")
    private boolean addresses;

    @Option(
            names = {"-f", "--functions"},
            description = "With --addr2line, prints functions, too.")
    private boolean functions;

    @ArgGroup
    private @Nullable Demangling demangling;

    @ArgGroup
    private @Nullable Style style;

    @Parameters(
            paramLabel = "ADDRESS",
            description = "ELF addresses: 0x... or decimal; with --addr2line always hexadecimal. Without any, they are"
                    + " read from standard input, one a line, and answered one by one.")
    private List<String> asked = List.of();

    @Spec
    private CommandSpec spec;

    private InputStream in = InputStream.nullInputStream();

    /// Options for demangling.
    private static final class Demangling {
        @Option(
                names = "--demangle",
                paramLabel = "MODE",
                description = "none, simple, templates or full (default; with --addr2line: none).")
        private @Nullable DemangleMode mode;

        @Option(names = "-C", description = "The same as --demangle=full.")
        @SuppressWarnings("UnusedVariable") // the group is there, and neither of the other two is given
        private boolean full;

        @Option(names = "--no-demangle", description = "The same as --demangle=none.")
        private boolean none;
    }

    /// Options for the output format.
    private static final class Style {
        @Option(names = "--json", description = "Prints JSON, as llvm-symbolizer --output-style=JSON does.")
        private boolean json;

        @Option(names = "--addr2line", description = "Prints as addr2line does, and reads addresses as it does.")
        private boolean addr2line;
    }

    void readFrom(InputStream input) {
        in = input;
    }

    @Override
    public Integer call() throws CommandException {
        long[] given = new long[asked.size()];
        for (int i = 0; i < given.length; i++) {
            given[i] = address(asked.get(i));
        }
        LocalBinary opened = LocalBinary.open(binary, debugFolders);
        try (BinarySymbols symbols = opened.files().symbols()) {
            warn(opened);
            PrintWriter out = spec.commandLine().getOut();
            FramePrinter printer = printer(opened, out);
            if (given.length > 0) {
                printer.print(given, find(symbols, given));
            } else {
                answerLines(symbols, printer, out);
            }
        } catch (MalformedBinaryException e) {
            throw new CommandException(Commands.BAD_FILE, "%s is damaged: %s.".formatted(binary, e.getMessage()));
        }
        return Commands.OK;
    }

    private void warn(LocalBinary opened) {
        if (opened.files().dwarf().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("symbolize: no debug information of %s was found, so that names come from symbol tables;"
                                    .formatted(binary)
                            + " `explain` says where it was looked for.");
        }
    }

    private FramePrinter printer(LocalBinary opened, PrintWriter out) {
        boolean isAddr2line = style != null && style.addr2line;
        boolean allCalls = inlines == null ? !isAddr2line : inlines;
        FrameText text = new FrameText(
                mode(isAddr2line),
                baseNames ? FrameText.Paths.BASE_NAMES : FrameText.Paths.WHOLE,
                allCalls ? InlinedCalls.ALL : isAddr2line ? InlinedCalls.INNERMOST : InlinedCalls.OUTERMOST);
        FramePrinter.Addresses printed = addresses ? FramePrinter.Addresses.PRINTED : FramePrinter.Addresses.LEFT_OUT;
        if (isAddr2line) {
            return new FramePrinter.Addr2line(
                    text, out, printed, functions ? Functions.PRINTED : Functions.LEFT_OUT, opened.addressDigits());
        }
        return style != null && style.json
                ? new FramePrinter.Json(text, out, String.valueOf(binary))
                : new FramePrinter.Llvm(text, out, printed);
    }

    private DemangleMode mode(boolean isAddr2line) {
        if (demangling == null) {
            return isAddr2line ? DemangleMode.NONE : DemangleMode.FULL;
        }
        if (demangling.none) {
            return DemangleMode.NONE;
        }
        return demangling.mode == null ? DemangleMode.FULL : demangling.mode;
    }

    private void answerLines(BinarySymbols symbols, FramePrinter printer, PrintWriter out)
            throws CommandException, MalformedBinaryException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    long address = address(line.strip());
                    printer.print(address, find(symbols, new long[] {address})[0]);
                    out.flush();
                }
            }
        } catch (IOException e) {
            throw new CommandException(Commands.NO_FILE, "standard input cannot be read: " + e.getMessage() + ".");
        }
    }

    private static SourceFrames[] find(BinarySymbols symbols, long[] elfAddresses) throws MalformedBinaryException {
        SourceFrames[] answers = new SourceFrames[elfAddresses.length];
        symbols.find(AddressBatch.of(elfAddresses), (position, frames) -> answers[position] = frames);
        return answers;
    }

    /// Parses an address like the imitated tool: addr2line interprets every number as hexadecimal.
    private long address(String text) throws CommandException {
        boolean prefixed = text.startsWith("0x") || text.startsWith("0X");
        boolean isHexadecimal = prefixed || (style != null && style.addr2line);
        try {
            return Long.parseUnsignedLong(prefixed ? text.substring(2) : text, isHexadecimal ? 16 : 10);
        } catch (NumberFormatException e) {
            throw new CommandException(
                    Commands.USAGE,
                    "'%s' is no address: %s is expected.".formatted(text, isHexadecimal ? "0x1a2b" : "0x1a2b or 6699"));
        }
    }
}
