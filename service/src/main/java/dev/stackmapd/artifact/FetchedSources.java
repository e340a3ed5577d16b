package dev.stackmapd.artifact;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.upstream.Sink;
import dev.stackmapd.upstream.Verdict;
import dev.stackmapd.upstream.Wanted;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/// Source files that came from upstreams, kept for a while within a budget of memory. Nothing can be verified of them
/// but that they are of reasonable size. Thread-safe.
public final class FetchedSources {
    /// Bytes of one source file, at most: generated ones reach a few MB.
    public static final int MAX_BYTES = 16 << 20;

    private static final int ENTRY_BYTES = 300;

    private final Cache<Wanted, byte[]> texts;

    /// @param maxBytes of all together
    public FetchedSources(long maxBytes) {
        this.texts = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<Wanted, byte[]>weigher((wanted, text) -> ENTRY_BYTES + text.length)
                .build();
    }

    public Optional<byte[]> find(Wanted wanted) {
        return Optional.ofNullable(texts.getIfPresent(wanted));
    }

    Sink sink(Wanted wanted) {
        return new TextSink(wanted);
    }

    private final class TextSink implements Sink {
        private final Wanted wanted;
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();

        TextSink(Wanted wanted) {
            this.wanted = wanted;
        }

        @Override
        public Verdict write(byte[] bytes, int length) {
            if (length > MAX_BYTES - text.size()) {
                return new Verdict.Wrong("a source file of more than %d bytes".formatted(MAX_BYTES));
            }
            text.write(bytes, 0, length);
            return Verdict.GOOD;
        }

        @Override
        public Verdict verify() {
            return Verdict.GOOD;
        }

        @Override
        public void keep() {
            texts.put(wanted, text.toByteArray());
        }

        @Override
        public void discard() {
            text.reset();
        }
    }
}
