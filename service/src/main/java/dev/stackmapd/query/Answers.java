package dev.stackmapd.query;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.query.FrameAnswer.LackingAnswer;
import dev.stackmapd.query.FrameAnswer.Outcome;
import dev.stackmapd.query.FrameAnswer.SymbolAnswer;
import dev.stackmapd.request.ComputeThreads;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.symbolize.AskedPlaces;
import dev.stackmapd.symbolize.FramesByBinary.Position;
import dev.stackmapd.symbolize.ReadableNames;
import dev.stackmapd.symbolize.Symbolized;
import dev.stackmapd.symbolize.Symbolizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts stored stacks and frames into their wire form, with names where they are asked for. Thread-safe.
public final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final Duration INDEX_WAIT = Duration.ofSeconds(15);

    private final BinaryStore binaries;
    private final Symbolizer symbolizer;
    private final ReadableNames readable;
    private final long maxCharacters;

    /// @param maxCharacters of one answer
    public Answers(BinaryStore binaries, Symbolizer symbolizer, ReadableNames readable, long maxCharacters) {
        this.maxCharacters = maxCharacters;
        this.binaries = binaries;
        this.symbolizer = symbolizer;
        this.readable = readable;
    }

    /// Waits for the indexes of binaries of which a question asks for many places, as long as that may take less time
    /// than reading their files. Not to be called on one of the threads.
    ///
    /// @param threads that open the binaries
    void awaitIndexes(AskedPlaces asked, ComputeThreads threads) {
        if (asked.ofManyPlaces().isEmpty()) {
            return;
        }
        try {
            threads.compute(() -> symbolizer.indexes(asked)).get(INDEX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("an index takes longer than {}; the question is answered from files", INDEX_WAIT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a build has no failure", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The size of an answer that has nothing yet.
    AnswerSize size() {
        return new AnswerSize(maxCharacters);
    }

    /// Frames of all the stacks are looked up together, binary by binary.
    ///
    /// @param size of the answer that the stacks become a part of
    List<StackAnswer> of(List<FoundStack> stacks, Names names, AnswerSize size) {
        FrameAnswers answers = new FrameAnswers(size);
        for (FoundStack found : stacks) {
            Position position = Position.LEAF;
            for (Frame frame : found.stack().frames()) {
                switch (frame) {
                    case Frame.Raw raw -> answers.add(raw(raw));
                    case Frame.InKernel inKernel -> answers.add(inKernel(inKernel, names));
                    case Frame.Named named -> answers.add(named(named));
                    case Frame.InFile inFile -> {
                        switch (names) {
                            case Names.Demangled _ -> answers.ask(inFile, position);
                            case Names.None _ -> answers.add(inFile(inFile, module(inFile), Answered.NOT));
                        }
                    }
                }
                position = Position.CALLER;
            }
        }
        switch (names) {
            case Names.Demangled demangled -> name(answers, demangled);
            case Names.None _ -> {}
        }
        Iterator<FrameAnswer> frames = answers.list().iterator();
        return stacks.stream().map(found -> of(found, frames)).toList();
    }

    /// A stack that is stored, with its id.
    record FoundStack(StackId id, Stack stack) {}

    private static StackAnswer of(FoundStack found, Iterator<FrameAnswer> frames) {
        int depth = found.stack().frames().size();
        return new StackAnswer(
                found.id(),
                depth,
                found.stack().truncated(),
                Stream.generate(frames::next).limit(depth).toList());
    }

    /// Looks up frames together, binary by binary.
    ///
    /// @return in the order of `frames`
    List<FrameAnswer> named(List<Frame.InFile> frames, Position position, Names.Demangled names) {
        FrameAnswers answers = new FrameAnswers(size());
        frames.forEach(frame -> answers.ask(frame, position));
        name(answers, names);
        return answers.list();
    }

    private void name(FrameAnswers answers, Names.Demangled names) {
        symbolizer.symbolize(
                answers.asked(),
                (index, frame, symbolized) ->
                        answers.set(index, inFile(frame, module(frame), answered(symbolized, names))));
    }

    /// A frame of which nothing but its place is told.
    static FrameAnswer unnamed(Frame.InFile frame) {
        return inFile(frame, null, Answered.NOT);
    }

    private static FrameAnswer named(Frame.Named frame) {
        return new FrameAnswer.Named(frame.type(), frame.function(), known(frame.file()), known(frame.line()));
    }

    static FrameAnswer raw(Frame.Raw frame) {
        return new FrameAnswer.Raw("0x" + Long.toHexString(frame.address()), frame.reason());
    }

    /// The names of a frame, or why there are none.
    private record Answered(
            @Nullable Outcome outcome,
            @Nullable List<SymbolAnswer> symbols,
            @Nullable String detail,
            List<LackingPart> lacking) {
        /// Names were not asked for.
        static final Answered NOT = new Answered(null, null, null, List.of());
    }

    private @Nullable String module(Frame.InFile frame) {
        return binaries.module(frame.buildId()).orElse(null);
    }

    private static FrameAnswer inFile(Frame.InFile frame, @Nullable String module, Answered answered) {
        BuildId buildId = frame.buildId();
        boolean isGnu = buildId.kind() == BuildId.Kind.GNU;
        return new FrameAnswer.InFile(
                isGnu ? buildId : null,
                isGnu ? null : buildId.hex(),
                frame.offset(),
                null,
                buildId.suspicious() ? true : null,
                buildId.length() > BuildId.MAX_KERNEL_BYTES ? false : null,
                module,
                answered.outcome(),
                answered.symbols(),
                answered.detail(),
                LackingAnswer.of(answered.lacking()));
    }

    private FrameAnswer inKernel(Frame.InKernel frame, Names names) {
        Answered answered = switch (names) {
            case Names.Demangled _ ->
                new Answered(
                        Outcome.NO_BINARY,
                        List.of(),
                        "code of kernels has no names yet: vmlinux files and modules are not read",
                        List.of());
            case Names.None _ -> Answered.NOT;
        };
        return new FrameAnswer.InFile(
                frame.buildId(),
                null,
                new FileOffset(frame.offset()),
                true,
                null,
                null,
                binaries.module(frame.buildId()).orElse(null),
                answered.outcome(),
                answered.symbols(),
                answered.detail(),
                null);
    }

    private Answered answered(Symbolized symbolized, Names.Demangled names) {
        return switch (symbolized) {
            case Symbolized.Known known ->
                new Answered(Outcome.KNOWN, symbols(known.frames(), names), null, known.lacking());
            case Symbolized.NoSymbol none -> new Answered(Outcome.NO_SYMBOL, List.of(), null, none.lacking());
            case Symbolized.NoBinary none ->
                new Answered(outcome(none.cause()), List.of(), detail(none.cause()), List.of());
            case Symbolized.BadBinary bad -> new Answered(Outcome.BAD_BINARY, List.of(), bad.detail(), List.of());
        };
    }

    static Outcome outcome(Symbolized.Cause cause) {
        return switch (cause) {
            case PENDING -> Outcome.PENDING;
            case NOT_HELD, NO_EXECUTABLE, UNREADABLE -> Outcome.NO_BINARY;
        };
    }

    static String detail(Symbolized.Cause cause) {
        return switch (cause) {
            case PENDING -> "no file with this build-id is held; upstreams are being asked";
            case NOT_HELD -> "no file with this build-id is held";
            case NO_EXECUTABLE -> "only a debug file is held, and the executable's load segments are not known";
            case UNREADABLE -> "the file that is held could not be read this time";
        };
    }

    private List<SymbolAnswer> symbols(List<SourceFrame> frames, Names.Demangled names) {
        List<SymbolAnswer> symbols = new ArrayList<>(frames.size());
        for (SourceFrame frame : frames) {
            boolean inlined = symbols.size() < frames.size() - 1;
            symbols.add(symbol(frame, readable.of(frame, names.mode()), inlined));
        }
        return symbols;
    }

    private static SymbolAnswer symbol(SourceFrame frame, String function, boolean inlined) {
        return new SymbolAnswer(
                known(function),
                frame.rawName().equals(function) ? null : frame.rawName(),
                known(frame.file()),
                known(frame.line()),
                known(frame.column()),
                inlined,
                frame.functionOffset() == SourceFrame.NO_OFFSET
                        ? null
                        : "0x" + Long.toHexString(frame.functionOffset()),
                frame.source().label(),
                frame.approximate() ? Boolean.TRUE : null);
    }

    private static @Nullable String known(String value) {
        return value.isEmpty() ? null : value;
    }

    private static @Nullable Integer known(int value) {
        return value == 0 ? null : value;
    }
}
