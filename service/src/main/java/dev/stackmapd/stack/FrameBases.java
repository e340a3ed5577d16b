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

/// Numbers the bases of frames, so that a packed frame can hold a number instead. Each base is kept once, and so is
/// each of its texts.
///
/// A batch takes numbers through a [Claim] and keeps them when its stacks are stored. A number that no batch
/// has kept is given back when the last claim on it is closed, so that refused batches leave nothing behind. A
/// kept number stays as long as the process runs and means something only inside it.
///
/// Bounded in bytes: a file or kernel takes [#BINARY_BYTES], a function a little more than half of that, and each
/// distinct text of functions [#textBytes]. Thread-safe; reads, and claims of kept bases, take no lock.
public final class FrameBases {
    /// Heap of a base without its build-id or texts, and of its number.
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

    /// @param maxBytes what bases and texts may take, [#BINARY_BYTES] or more
    public FrameBases(long maxBytes) {
        long most = maxBytes / BASE_BYTES;
        if (most < 1 || most > MOST_BASES) {
            throw new IllegalArgumentException(
                    "room for 1 to 2^30 bases is needed, %d bytes are for %d".formatted(maxBytes, most));
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

    /// A text that bases share.
    private static final class Text {
        private final String text;
        private int uses;

        Text(String text) {
            this.text = text;
        }
    }

    /// The numbers that one batch uses. For one thread; to be closed when the batch has been taken or refused.
    public final class Claim implements AutoCloseable {
        private final List<Numbered> claimed = new ArrayList<>();

        private Claim() {}

        /// Returns the number of a base, a new one where it has none; empty where it has none and there is no room.
        /// The number is good until this claim is closed, and afterwards if any claim has kept it.
        public OptionalInt numberOf(FrameBase base) {
            Numbered known = numbers.get(base);
            return known != null && known.kept ? OptionalInt.of(known.number) : claim(base, claimed);
        }

        /// Makes every number that was claimed so far permanent.
        public void keep() {
            claimed.forEach(numbered -> numbered.kept = true);
            claimed.clear();
        }

        /// Gives back the numbers that no claim has kept and no other claim uses.
        @Override
        public void close() {
            giveBack(claimed);
            claimed.clear();
        }
    }

    /// Begins to number the bases of one batch.
    public Claim claim() {
        return new Claim();
    }

    /// Returns the base of a number that a claim gave and that is still good.
    public FrameBase get(int number) {
        FrameBase[] segment = segments.getAcquire(number / SEGMENT);
        if (segment == null) {
            throw new IllegalArgumentException("no base has the number " + number);
        }
        return segment[number % SEGMENT];
    }

    /// Bases that have a number now.
    public int size() {
        return numbers.size();
    }

    /// Bytes that bases and texts take now.
    public synchronized long bytes() {
        return bytes;
    }

    /// Bytes that a text of a function takes, the first time that it occurs.
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

    /// Returns the same base, made of texts that are kept already where that is possible, and counts its bytes.
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
