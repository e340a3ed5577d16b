package dev.stackmapd.stack;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// The dictionary of frame bases: gives each base a number, which packed frames hold instead of the
/// base. Each base, and each of its texts, is stored once.
///
/// A batch obtains numbers through a [Claim] and makes them permanent when its stacks are stored. A
/// number that no batch has made permanent is released when the last claim on it is closed, so rejected
/// batches leave nothing behind. A permanent number is valid until the process ends and is meaningful
/// only within the process.
///
/// The size is bounded in bytes: a file or kernel takes [#BINARY_BYTES], a function a little more than
/// half of that, and each distinct text of functions [#textBytes]. Thread-safe. Reads, and claims of
/// permanent bases, take no lock.
public final class FrameBases {
    /// Heap of a base and its number, without the build-id or texts.
    private static final int BASE_BYTES = 112;
    /// Heap of a base with a build-id of 20 bytes.
    public static final int BINARY_BYTES = 200;

    private static final int TEXT_BYTES = 112;
    private static final int SEGMENT = 1 << 12;
    private static final int MOST_BASES = 1 << 30;

    private final long maxBytes;
    private final ConcurrentHashMap<FrameBase, Numbered> numbers = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<FrameBase[]> segments;
    private final Map<String, Text> texts = new HashMap<>(); // guarded by this
    private final Deque<Integer> free = new ArrayDeque<>(); // guarded by this
    private int next; // guarded by this
    private long bytes; // guarded by this

    /// @param maxBytes maximum heap of bases and texts, [#BINARY_BYTES] or more
    public FrameBases(long maxBytes) {
        long most = maxBytes / BASE_BYTES;
        if (most < 1 || most > MOST_BASES) {
            throw new IllegalArgumentException(
                    "maxBytes must allow 1 to 2^30 bases; %d bytes allow %d".formatted(maxBytes, most));
        }
        this.maxBytes = maxBytes;
        this.segments = new AtomicReferenceArray<>((int) ((most + SEGMENT - 1) / SEGMENT));
    }

    private static final class Numbered {
        private final FrameBase base;
        private final int number;
        private volatile boolean kept;
        private int claims; // guarded by the FrameBases

        Numbered(FrameBase base, int number) {
            this.base = base;
            this.number = number;
        }
    }

    /// A text that several bases share, with its reference count.
    private static final class Text {
        private final String text;
        private int uses;

        Text(String text) {
            this.text = text;
        }
    }

    /// The numbers that one batch uses. Not thread-safe. The owner closes the claim when the batch has
    /// been accepted or rejected.
    public final class Claim implements AutoCloseable {
        private final List<Numbered> claimed = new ArrayList<>();

        private Claim() {}

        /// Returns the number of a base, and assigns one if it has none; empty if that would exceed the
        /// limit of bytes. The number is valid until this claim is closed, and beyond that if any claim
        /// has made it permanent.
        public OptionalInt numberOf(FrameBase base) {
            Numbered known = numbers.get(base);
            return known != null && known.kept ? OptionalInt.of(known.number) : claim(base, claimed);
        }

        /// Makes all numbers that were claimed so far permanent.
        public void keep() {
            claimed.forEach(numbered -> numbered.kept = true);
            claimed.clear();
        }

        /// Releases the numbers that are not permanent and that no other claim uses.
        @Override
        public void close() {
            giveBack(claimed);
            claimed.clear();
        }
    }

    /// Returns an empty claim for one batch.
    public Claim claim() {
        return new Claim();
    }

    /// Returns the base of a valid number.
    ///
    /// @throws IllegalArgumentException if the number was never assigned
    public FrameBase get(int number) {
        FrameBase[] segment = segments.getAcquire(number / SEGMENT);
        if (segment == null) {
            throw new IllegalArgumentException("no base has the number " + number);
        }
        return segment[number % SEGMENT];
    }

    /// Returns the number of bases in the dictionary.
    public int size() {
        return numbers.size();
    }

    /// Returns the bytes that bases and texts take now.
    public synchronized long bytes() {
        return bytes;
    }

    /// Returns the bytes that the first occurrence of a function's text takes.
    public static long textBytes(String text) {
        return TEXT_BYTES + 2L * text.length();
    }

    private synchronized OptionalInt claim(FrameBase base, List<Numbered> claimed) {
        Numbered known = numbers.get(base);
        if (known == null) {
            FrameBase shared = share(base);
            if (bytes > maxBytes) {
                release(shared);
                return OptionalInt.empty();
            }
            known = new Numbered(shared, free.isEmpty() ? next++ : free.pop());
            put(known);
            numbers.put(shared, known);
        }
        if (!known.kept) {
            known.claims++;
            claimed.add(known);
        }
        return OptionalInt.of(known.number);
    }

    /// Returns an equal base that reuses texts of the dictionary, and counts its bytes.
    private FrameBase share(FrameBase base) {
        bytes += bytes(base);
        return switch (base) {
            case FrameBase.File file -> file;
            case FrameBase.Kernel kernel -> kernel;
            case FrameBase.Function(var type, var name, var file) ->
                new FrameBase.Function(share(type), share(name), share(file));
        };
    }

    private static int bytes(FrameBase base) {
        return switch (base) {
            case FrameBase.File _, FrameBase.Kernel _ -> BINARY_BYTES;
            case FrameBase.Function _ -> BASE_BYTES;
        };
    }

    private String share(String text) {
        Text shared = texts.get(text);
        if (shared == null) {
            shared = new Text(text);
            texts.put(text, shared);
            bytes += textBytes(text);
        }
        shared.uses++;
        return shared.text;
    }

    private void release(FrameBase base) {
        bytes -= bytes(base);
        switch (base) {
            case FrameBase.File _, FrameBase.Kernel _ -> {}
            case FrameBase.Function(var type, var name, var file) ->
                List.of(type, name, file).forEach(this::release);
        }
    }

    private void release(String text) {
        texts.computeIfPresent(text, (_, shared) -> {
            shared.uses--;
            if (shared.uses > 0) {
                return shared;
            }
            bytes -= textBytes(text);
            return null;
        });
    }

    private void put(Numbered numbered) {
        FrameBase[] segment = segments.getPlain(numbered.number / SEGMENT);
        if (segment == null) {
            segment = new FrameBase[SEGMENT];
        }
        segment[numbered.number % SEGMENT] = numbered.base;
        segments.setRelease(numbered.number / SEGMENT, segment);
    }

    private synchronized void giveBack(List<Numbered> claimed) {
        for (Numbered numbered : claimed) {
            numbered.claims--;
            if (!numbered.kept && numbered.claims == 0) {
                numbers.remove(numbered.base);
                release(numbered.base);
                free.push(numbered.number);
            }
        }
    }
}
