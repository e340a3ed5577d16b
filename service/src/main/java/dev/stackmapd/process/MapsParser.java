package dev.stackmapd.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Parses the text of `/proc/<pid>/maps` (PMX-01 to PMX-15).
///
/// A line that has a syntax error, an empty range, or a start below the end of the previous mapping
/// yields a [MapsWarning] and loses only its own mapping. An exact repetition of the previous line is
/// ignored, because the text is consistent only within one read call of the kernel (PMX-13). A last line
/// without a newline is parsed too; an empty text yields an empty index (PMX-15). A line may have any
/// length (PMX-14).
///
/// Parsing makes one pass over the bytes and needs about 1.3 times the size of the text in memory. The
/// index takes ownership of the text, which must not be changed afterwards.
public final class MapsParser {
    private final MapsLine line;
    private final VmaIndexBuilder vmas;
    private final byte[] text;
    private final MapsLimits limits;
    private final List<MapsWarning> warnings = new ArrayList<>();
    private int omittedWarnings;
    private int lineNumber;
    private int lastFrom;
    private int lastTo;

    private MapsParser(byte[] text, MapsLimits limits) {
        this.text = text;
        this.limits = limits;
        this.line = new MapsLine(text);
        this.vmas = new VmaIndexBuilder(text);
    }

    /// Parses all lines without a limit, for a text whose bytes are bounded already. Keeps at most the
    /// warnings that [MapsLimits#DEFAULT] allows.
    public static ParsedMaps parse(byte[] text) {
        MapsParser parser = new MapsParser(text, MapsLimits.DEFAULT);
        parser.readLines(Integer.MAX_VALUE);
        return parser.parsed();
    }

    /// Parses a text of at most [MapsLimits#maxLines] lines.
    public static MapsParseResult parse(byte[] text, MapsLimits limits) {
        MapsParser parser = new MapsParser(text, limits);
        parser.readLines(limits.maxLines());
        return parser.line.atEndOfText() ? parser.parsed() : new MapsParseResult.TooManyLines(limits.maxLines());
    }

    private ParsedMaps parsed() {
        return new ParsedMaps(vmas.build(), warnings, omittedWarnings);
    }

    private void readLines(int maxLines) {
        while (lineNumber < maxLines && !line.atEndOfText()) {
            lineNumber++;
            if (!line.read()) {
                warn(line.failureColumn(), line::failure);
            } else if (Long.compareUnsigned(line.start, line.end) >= 0) {
                warn(1, this::emptyRange);
            } else if (Long.compareUnsigned(line.start, vmas.lastEnd()) >= 0) {
                accept();
            } else if (!repeatsLast()) {
                warn(1, this::outOfOrder);
            }
        }
    }

    private void accept() {
        vmas.add(line);
        lastFrom = line.from;
        lastTo = line.to;
    }

    private boolean repeatsLast() {
        return Arrays.equals(text, lastFrom, lastTo, text, line.from, line.to);
    }

    private String emptyRange() {
        return "expected an end above the start, found %x-%x".formatted(line.start, line.end);
    }

    private String outOfOrder() {
        return "expected a start not below %x, where the mapping above ends, found %x"
                .formatted(vmas.lastEnd(), line.start);
    }

    private void warn(int column, Supplier<String> detail) {
        if (warnings.size() < limits.maxWarnings()) {
            warnings.add(new MapsWarning(lineNumber, column, detail.get()));
        } else {
            omittedWarnings++;
        }
    }
}
