package dev.stackmapd.query;

import dev.stackmapd.elfcore.dwarf.LackingPart;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.lookup.SourceFrame;
import dev.stackmapd.query.FrameJson.MissingPartJson;
import dev.stackmapd.query.FrameJson.NamingOutcome;
import dev.stackmapd.query.FrameJson.SymbolJson;
import dev.stackmapd.query.StackRenderer.ResponseSize;
import dev.stackmapd.request.ComputePool;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import dev.stackmapd.store.BinaryStore;
import dev.stackmapd.symbolize.DemangledNames;
import dev.stackmapd.symbolize.FramesByBinary;
import dev.stackmapd.symbolize.FramesByBinary.Position;
import dev.stackmapd.symbolize.IndexDemand;
import dev.stackmapd.symbolize.SymbolizationResult;
import dev.stackmapd.symbolize.Symbolizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renders stored stacks and frames as JSON records, with names if they are requested. Thread-safe.
public final class StackRenderer {
    private static final Logger LOG = LoggerFactory.getLogger(StackRenderer.class);
    private static final Duration INDEX_WAIT = Duration.ofSeconds(15);

    private final BinaryStore binaries;
    private final Symbolizer symbolizer;
    private final DemangledNames readable;
    private final long maxCharacters;

    /// @param maxCharacters approximate maximum size of one response
    public StackRenderer(BinaryStore binaries, Symbolizer symbolizer, DemangledNames readable, long maxCharacters) {
        this.maxCharacters = maxCharacters;
        this.binaries = binaries;
        this.symbolizer = symbolizer;
        this.readable = readable;
    }

    /// Blocks until the indexes of binaries with many offsets in a query exist, as long as waiting may
    /// be faster than reading their files. Must not be called on a thread of the pool.
    ///
    /// @param threads open the binaries
    void awaitIndexes(IndexDemand demand, ComputePool threads) {
        if (demand.binariesWithManyOffsets().isEmpty()) {
            return;
        }
        try {
            threads.compute(() -> symbolizer.indexes(demand)).get(INDEX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("an index takes longer than {}; the query is served from files", INDEX_WAIT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the future of a build never fails", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns the size of an empty response.
    ResponseSize size() {
        return new ResponseSize(maxCharacters);
    }

    /// Renders stacks. The frames of all stacks are symbolized together, binary by binary.
    ///
    /// @param size of the response to which the stacks are added
    List<StackJson> of(List<FoundStack> stacks, RequestedNames names, ResponseSize size) {
        PendingFrames answers = new PendingFrames(size);
        for (FoundStack found : stacks) {
            Position position = Position.LEAF;
            for (Frame frame : found.stack().frames()) {
                switch (frame) {
                    case Frame.Raw raw -> answers.add(raw(raw));
                    case Frame.InKernel inKernel -> answers.add(inKernel(inKernel, names));
                    case Frame.Named named -> answers.add(named(named));
                    case Frame.InFile inFile -> {
                        switch (names) {
                            case RequestedNames.Demangled _ -> answers.ask(inFile, position);
                            case RequestedNames.None _ -> answers.add(inFile(inFile, module(inFile), FrameNames.NOT));
                        }
                    }
                }
                position = Position.CALLER;
            }
        }
        switch (names) {
            case RequestedNames.Demangled demangled -> name(answers, demangled);
            case RequestedNames.None _ -> {}
        }
        Iterator<FrameJson> frames = answers.list().iterator();
        return stacks.stream().map(found -> of(found, frames)).toList();
    }

    /// A stored stack with its id.
    record FoundStack(StackId id, Stack stack) {}

    private static StackJson of(FoundStack found, Iterator<FrameJson> frames) {
        int depth = found.stack().frames().size();
        return new StackJson(
                found.id(),
                depth,
                found.stack().truncated(),
                Stream.generate(frames::next).limit(depth).toList());
    }

    /// Symbolizes frames together, binary by binary.
    ///
    /// @return in the order of `frames`
    List<FrameJson> named(List<Frame.InFile> frames, Position position, RequestedNames.Demangled names) {
        PendingFrames answers = new PendingFrames(size());
        frames.forEach(frame -> answers.ask(frame, position));
        name(answers, names);
        return answers.list();
    }

    private void name(PendingFrames answers, RequestedNames.Demangled names) {
        symbolizer.symbolize(
                answers.asked(),
                (index, frame, result) -> answers.set(index, inFile(frame, module(frame), frameNames(result, names))));
    }

    /// Renders a frame without names and module.
    static FrameJson unnamed(Frame.InFile frame) {
        return inFile(frame, null, FrameNames.NOT);
    }

    private static FrameJson named(Frame.Named frame) {
        return new FrameJson.Named(frame.type(), frame.function(), known(frame.file()), known(frame.line()));
    }

    static FrameJson raw(Frame.Raw frame) {
        return new FrameJson.Raw("0x" + Long.toHexString(frame.address()), frame.reason());
    }

    /// The names of a frame, or the reason why there are none.
    private record FrameNames(
            @Nullable NamingOutcome outcome,
            @Nullable List<SymbolJson> symbols,
            @Nullable String detail,
            List<LackingPart> lacking) {
        /// The value if names were not requested.
        static final FrameNames NOT = new FrameNames(null, null, null, List.of());
    }

    private @Nullable String module(Frame.InFile frame) {
        return binaries.module(frame.buildId()).orElse(null);
    }

    private static FrameJson inFile(Frame.InFile frame, @Nullable String module, FrameNames names) {
        BuildId buildId = frame.buildId();
        boolean isGnu = buildId.kind() == BuildId.Kind.GNU;
        return new FrameJson.InFile(
                isGnu ? buildId : null,
                isGnu ? null : buildId.hex(),
                frame.offset(),
                null,
                buildId.suspicious() ? true : null,
                buildId.length() > BuildId.MAX_KERNEL_BYTES ? false : null,
                module,
                names.outcome(),
                names.symbols(),
                names.detail(),
                MissingPartJson.of(names.lacking()));
    }

    private FrameJson inKernel(Frame.InKernel frame, RequestedNames requested) {
        FrameNames names = switch (requested) {
            case RequestedNames.Demangled _ ->
                new FrameNames(
                        NamingOutcome.NO_BINARY,
                        List.of(),
                        "code of kernels has no names yet: vmlinux files and modules are not read",
                        List.of());
            case RequestedNames.None _ -> FrameNames.NOT;
        };
        return new FrameJson.InFile(
                frame.buildId(),
                null,
                new FileOffset(frame.offset()),
                true,
                null,
                null,
                binaries.module(frame.buildId()).orElse(null),
                names.outcome(),
                names.symbols(),
                names.detail(),
                null);
    }

    private FrameNames frameNames(SymbolizationResult result, RequestedNames.Demangled names) {
        return switch (result) {
            case SymbolizationResult.Known known ->
                new FrameNames(NamingOutcome.KNOWN, symbols(known.frames(), names), null, known.lacking());
            case SymbolizationResult.NoSymbol none ->
                new FrameNames(NamingOutcome.NO_SYMBOL, List.of(), null, none.lacking());
            case SymbolizationResult.NoBinary none ->
                new FrameNames(outcome(none.cause()), List.of(), detail(none.cause()), List.of());
            case SymbolizationResult.BadBinary bad ->
                new FrameNames(NamingOutcome.BAD_BINARY, List.of(), bad.detail(), List.of());
        };
    }

    static NamingOutcome outcome(SymbolizationResult.Cause cause) {
        return switch (cause) {
            case PENDING -> NamingOutcome.PENDING;
            case NOT_HELD, NO_EXECUTABLE, UNREADABLE -> NamingOutcome.NO_BINARY;
        };
    }

    static String detail(SymbolizationResult.Cause cause) {
        return switch (cause) {
            case PENDING -> "no file with this build-id is held; upstreams are being asked";
            case NOT_HELD -> "no file with this build-id is held";
            case NO_EXECUTABLE -> "only a debug file is held, and the executable's load segments are not known";
            case UNREADABLE -> "the file that is held could not be read this time";
        };
    }

    private List<SymbolJson> symbols(List<SourceFrame> frames, RequestedNames.Demangled names) {
        List<SymbolJson> symbols = new ArrayList<>(frames.size());
        for (SourceFrame frame : frames) {
            boolean inlined = symbols.size() < frames.size() - 1;
            symbols.add(symbol(frame, readable.of(frame, names.mode()), inlined));
        }
        return symbols;
    }

    private static SymbolJson symbol(SourceFrame frame, String function, boolean inlined) {
        return new SymbolJson(
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

    /// The JSON form of a stored stack.
    ///
    /// @param depth number of stored frames
    /// @param truncated true if frames at the root end were dropped during ingestion
    /// @param frames from leaf to root
    record StackJson(StackId id, int depth, boolean truncated, List<FrameJson> frames) {}

    /// Counts the characters of one response while it is built, and rejects one that is too large for
    /// memory: a few frames of a hostile binary can have megabytes of names. Not thread-safe.
    static final class ResponseSize {
        /// Estimated characters of a frame, without the texts that depend on the binary.
        private static final int FRAME_CHARACTERS = 200;

        private static final int SYMBOL_CHARACTERS = 150;

        private final long maxCharacters;
        private long characters;

        /// @param maxCharacters approximate maximum size of the response
        ResponseSize(long maxCharacters) {
            this.maxCharacters = maxCharacters;
        }

        /// Counts a frame and returns it.
        ///
        /// @throws RejectionException of category `TOO_LARGE` if the response becomes too large
        FrameJson add(FrameJson frame) {
            characters += FRAME_CHARACTERS;
            if (frame instanceof FrameJson.InFile inFile && inFile.symbols() != null) {
                for (SymbolJson symbol : inFile.symbols()) {
                    characters += SYMBOL_CHARACTERS
                            + length(symbol.function())
                            + length(symbol.rawName())
                            + length(symbol.file());
                }
            }
            if (characters > maxCharacters) {
                throw RejectionException.tooLarge(
                        "", "the response exceeds %d MB: request fewer at once".formatted(maxCharacters >> 20));
            }
            return frame;
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }
    }

    /// The frames of one response, in order, while some of them have to be symbolized together. Each
    /// rendered frame is counted in the size of the response. Not thread-safe.
    static final class PendingFrames {
        private final ResponseSize size;
        private final List<@Nullable FrameJson> answers = new ArrayList<>();
        private final FramesByBinary asked = new FramesByBinary();

        PendingFrames(ResponseSize size) {
            this.size = size;
        }

        /// Appends a rendered frame.
        void add(FrameJson answer) {
            answers.add(size.add(answer));
        }

        /// Appends a frame that has to be symbolized.
        void ask(Frame.InFile frame, Position position) {
            asked.add(answers.size(), frame, position);
            answers.add(null);
        }

        /// Returns the frames that have to be symbolized, with their indexes.
        FramesByBinary asked() {
            return asked;
        }

        void set(int index, FrameJson answer) {
            answers.set(index, size.add(answer));
        }

        /// Returns all frames, after each of them was set.
        List<FrameJson> list() {
            return answers.stream().map(Objects::requireNonNull).toList();
        }
    }
}
