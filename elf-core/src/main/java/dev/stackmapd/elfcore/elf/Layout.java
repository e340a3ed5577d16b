package dev.stackmapd.elfcore.elf;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The place of the code in a file and in memory. Files of one build-id must agree in it; the id itself
/// is only a claim.
///
/// Tools that rewrite a file keep its build-id. Those that strip, compress, share or split off debug
/// information, or change the run path (objcopy, eu-strip, dwz, patchelf), leave the code at its
/// addresses; they may add segments that are not executable, and move the code in the file. Those that
/// move the code in memory (BOLT, prelink) make another binary. Therefore two files are compared by
///
/// - address and size in memory of every executable segment, where both have any;
/// - address and size of `.text`, where both have it;
/// - offset and size in the file of every executable segment, only where both files have the code.
///
/// The program headers of a debug file by objcopy are less reliable than its section headers: GNU
/// objcopy 2.40 moves one of BOLT's output to another address. Where such a file and the other one have
/// `.text`, only the sizes of executable segments are compared.
public sealed interface Layout {
    /// Executable segments of one file, at most. Linkers make one, BOLT makes two, linker scripts a few.
    int MAX_SEGMENTS = 32;

    /// The meaning of the file offsets in a file's executable segments.
    enum Offsets {
        /// The code lies in the file at these offsets.
        OWN,
        /// The code is not in the file; the offsets are those of the executable (`eu-strip -f`).
        OF_EXECUTABLE,
        /// The code is not in the file, and the offsets have no meaning (`objcopy --only-keep-debug`).
        LOST
    }

    /// A range of bytes.
    ///
    /// @param start unsigned
    /// @param size bytes, unsigned
    record Span(long start, long size) {
        public static final Span NONE = new Span(0, 0);

        @Override
        public String toString() {
            return "0x%x+0x%x".formatted(start, size);
        }
    }

    /// An executable, a shared object, or a debug file of one.
    ///
    /// @param segments executable `PT_LOAD` headers that take memory, by ascending address; at most
    ///     [#MAX_SEGMENTS]
    /// @param text addresses of the section `.text`; [Span#NONE] where there is none
    /// @param offsets what `p_offset` and `p_filesz` are worth
    record Linked(List<LoadSegment> segments, Span text, Offsets offsets) implements Layout {
        /// Nothing is known of the code. Agrees with every layout.
        public static final Linked UNKNOWN = new Linked(List.of(), Span.NONE, Offsets.LOST);

        private static final int MAX_SHOWN = 4;

        public Linked {
            segments = executable(segments);
            requireNonNull(text, "text");
            requireNonNull(offsets, "offsets");
            if (segments.size() > MAX_SEGMENTS) {
                throw new IllegalArgumentException(segments.size() + " executable segments");
            }
        }

        /// Returns true if the segments turn file offsets of the executable into addresses.
        public boolean isBridge() {
            return offsets != Offsets.LOST && !segments.isEmpty();
        }

        /// Returns this layout with the file offsets of an executable, so that they are compared too.
        public Linked asExecutable() {
            return new Linked(segments, text, Offsets.OWN);
        }

        private boolean isUnknown() {
            return segments.isEmpty() && text.equals(Span.NONE);
        }

        private Optional<Contradiction> contradictionTo(Linked other) {
            Optional<Contradiction> found = Optional.empty();
            if (!segments.isEmpty() && !other.segments.isEmpty()) {
                found = hasMovableSegments(other) || other.hasMovableSegments(this)
                        ? between("sizes of executable segments", other, Linked::sizes)
                        : between("executable segments in memory", other, Linked::inMemory);
                if (found.isEmpty() && offsets == Offsets.OWN && other.offsets == Offsets.OWN) {
                    found = between("executable segments in the file", other, Linked::inFile);
                }
            }
            boolean bothHaveText = !text.equals(Span.NONE) && !other.text.equals(Span.NONE);
            return found.isEmpty() && bothHaveText ? between(".text", other, file -> List.of(file.text)) : found;
        }

        private boolean hasMovableSegments(Linked other) {
            return offsets == Offsets.LOST && !text.equals(Span.NONE) && !other.text.equals(Span.NONE);
        }

        private Optional<Contradiction> between(String part, Linked other, Function<Linked, List<Span>> spans) {
            List<Span> own = spans.apply(this);
            List<Span> others = spans.apply(other);
            return own.equals(others)
                    ? Optional.empty()
                    : Optional.of(new Contradiction(part, shown(own), shown(others)));
        }

        private List<Span> inMemory() {
            return segments.stream()
                    .map(segment -> new Span(segment.address().value(), segment.memorySize()))
                    .toList();
        }

        private List<Span> sizes() {
            return segments.stream()
                    .map(segment -> new Span(0, segment.memorySize()))
                    .sorted(Comparator.comparingLong(Span::size))
                    .toList();
        }

        private List<Span> inFile() {
            return segments.stream()
                    .map(segment -> new Span(segment.offset().value(), segment.fileSize()))
                    .toList();
        }

        private static String shown(List<Span> spans) {
            String first = spans.stream().limit(MAX_SHOWN).map(Span::toString).collect(Collectors.joining(", "));
            return spans.size() > MAX_SHOWN ? "%s and %d more".formatted(first, spans.size() - MAX_SHOWN) : first;
        }
    }

    /// A relocatable file, such as a kernel module, or a debug file of one. Its sections have no
    /// addresses yet, so that the sizes of its executable sections are compared, in the order of the
    /// section header table.
    ///
    /// @param sections how many of them are not empty
    /// @param bytes their sizes together
    /// @param digest of their sizes in order
    record Relocatable(int sections, long bytes, long digest) implements Layout {

        /// @param sizes of all executable sections in order, empty ones included
        public static Relocatable of(List<Long> sizes) {
            int sections = 0;
            long bytes = 0;
            long digest = 0;
            for (long size : sizes) {
                if (size != 0) {
                    sections++;
                    bytes += size;
                    // The multiplier is that of Knuth's MMIX generator; it spreads small sizes over all bits.
                    digest = (digest + size) * 6364136223846793005L + 1;
                }
            }
            return new Relocatable(sections, bytes, digest);
        }

        private Optional<Contradiction> contradictionTo(Relocatable other) {
            return equals(other)
                    ? Optional.empty()
                    : Optional.of(new Contradiction("executable sections", toString(), other.toString()));
        }

        @Override
        public String toString() {
            return "%d of 0x%x bytes (sizes %08x)".formatted(sections, bytes, digest >>> 32);
        }
    }

    /// A property in which two files of one build-id differ.
    ///
    /// @param part the property that was compared
    /// @param own its value in the one file
    /// @param other its value in the other file
    record Contradiction(String part, String own, String other) {
        public Contradiction {
            requireNonNull(part, "part");
            requireNonNull(own, "own");
            requireNonNull(other, "other");
        }

        /// Returns a message about the difference, without any path.
        ///
        /// @param rival the name of the other file
        public String against(String rival) {
            return "%s: %s here, %s in %s".formatted(part, own, other, rival);
        }
    }

    /// Returns the contradiction between this file and another one; empty where both may be of the same
    /// binary.
    default Optional<Contradiction> contradictionTo(Layout other) {
        return switch (this) {
            case Linked linked when linked.isUnknown() -> Optional.empty();
            case Linked linked ->
                switch (other) {
                    case Linked same -> linked.contradictionTo(same);
                    case Relocatable relocatable -> otherForm("linked", "relocatable");
                };
            case Relocatable relocatable ->
                switch (other) {
                    case Relocatable same -> relocatable.contradictionTo(same);
                    case Linked linked -> linked.isUnknown() ? Optional.empty() : otherForm("relocatable", "linked");
                };
        };
    }

    private static Optional<Contradiction> otherForm(String own, String other) {
        return Optional.of(new Contradiction("form", own, other));
    }

    /// Returns the executable segments that take memory, by ascending address.
    private static List<LoadSegment> executable(List<LoadSegment> segments) {
        return segments.stream()
                .filter(segment -> segment.executable() && segment.memorySize() != 0)
                .sorted(Comparator.comparing(LoadSegment::address))
                .toList();
    }
}
