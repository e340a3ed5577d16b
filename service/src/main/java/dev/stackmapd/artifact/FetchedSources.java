package dev.stackmapd.artifact;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stackmapd.upstream.DownloadSink;
import dev.stackmapd.upstream.DownloadSink.ContentCheck;
import dev.stackmapd.upstream.FileRequest;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/// A cache of source files from upstreams, bounded in bytes. Only their size can be verified.
/// Thread-safe.
public final class FetchedSources {
    /// The limit of one source file in bytes; generated ones reach a few MB.
    public static final int MAX_BYTES = 16 << 20;

    private static final int ENTRY_BYTES = 300;

    private final Cache<FileRequest, byte[]> texts;

    /// @param maxBytes of all together
    public FetchedSources(long maxBytes) {
        this.texts = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<FileRequest, byte[]>weigher((request, text) -> ENTRY_BYTES + text.length)
                .build();
    }

    public Optional<byte[]> find(FileRequest request) {
        return Optional.ofNullable(texts.getIfPresent(request));
    }

    DownloadSink sink(FileRequest request) {
        return new TextSink(request);
    }

    private final class TextSink implements DownloadSink {
        private final FileRequest request;
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();

        TextSink(FileRequest request) {
            this.request = request;
        }

        @Override
        public ContentCheck write(byte[] bytes, int length) {
            if (length > MAX_BYTES - text.size()) {
                return new ContentCheck.Rejected("a source file of more than %d bytes".formatted(MAX_BYTES));
            }
            text.write(bytes, 0, length);
            return ContentCheck.ACCEPTED;
        }

        @Override
        public ContentCheck verify() {
            return ContentCheck.ACCEPTED;
        }

        @Override
        public void keep() {
            texts.put(request, text.toByteArray());
        }

        @Override
        public void discard() {
            text.reset();
        }
    }
}
