package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.IncomingFile;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.disk.ReceiveResult;
import dev.stackmapd.upstream.DownloadSink;
import dev.stackmapd.upstream.DownloadSink.ContentCheck;
import dev.stackmapd.upstream.DownloadSinkFactory;
import dev.stackmapd.upstream.FileRequest;
import dev.stackmapd.upstream.Upstream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens sinks for downloads: files go to the store, which checks them, source text to memory.
/// Thread-safe.
public final class ArtifactSinkFactory implements DownloadSinkFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactSinkFactory.class);

    private final ArtifactStore store;
    private final FetchedSources sources;

    public ArtifactSinkFactory(ArtifactStore store, FetchedSources sources) {
        this.store = store;
        this.sources = sources;
    }

    @Override
    public DownloadSink open(FileRequest request, Upstream from, String imaSignature) throws IOException {
        return switch (request.part()) {
            case FileRequest.BinaryKind kind ->
                new StoreSink(
                        store.receive(request.buildId(), kind(kind), Origin.Debuginfod.of(name(from), imaSignature)));
            case FileRequest.SourceFile source -> sources.sink(request);
        };
    }

    static ArtifactKind kind(FileRequest.BinaryKind kind) {
        return switch (kind) {
            case EXECUTABLE -> ArtifactKind.EXECUTABLE;
            case DEBUGINFO -> ArtifactKind.DEBUGINFO;
        };
    }

    private static String name(Upstream from) {
        String base = from.base().toString();
        return base.substring(0, Math.min(base.length(), Origin.MAX_NAME));
    }

    /// Writes one upstream's file to the store.
    private record StoreSink(IncomingFile incoming) implements DownloadSink {

        @Override
        public ContentCheck write(byte[] bytes, int length) throws IOException {
            return switch (incoming.write(ByteBuffer.wrap(bytes, 0, length))) {
                case MORE -> ContentCheck.ACCEPTED;
                case STOP -> verdict(incoming.finish());
            };
        }

        @Override
        public ContentCheck verify() throws IOException {
            Optional<ReceiveResult> refusal = incoming.check();
            return refusal.isPresent() ? verdict(refusal.get()) : ContentCheck.ACCEPTED;
        }

        @Override
        public void keep() throws IOException {
            switch (incoming.finish()) {
                case ReceiveResult.NoSpace(long missing) ->
                    throw new IOException("the store has not enough space: %d bytes are missing".formatted(missing));
                default -> {}
            }
        }

        @Override
        public void discard() {
            try {
                incoming.close();
            } catch (IOException e) {
                LOG.warn("the rest of a download could not be deleted; the next start deletes it", e);
            }
        }

        /// @throws IOException if this host could not store the file
        private static ContentCheck verdict(ReceiveResult result) throws IOException {
            return switch (result) {
                case ReceiveResult.NoSpace(long missing) ->
                    throw new IOException("the store has not enough space: %d bytes are missing".formatted(missing));
                default ->
                    result.refusal()
                            .<ContentCheck>map(ContentCheck.Rejected::new)
                            .orElse(ContentCheck.ACCEPTED);
            };
        }
    }
}
