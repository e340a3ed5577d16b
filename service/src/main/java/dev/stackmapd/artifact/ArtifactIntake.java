package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.Incoming;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.disk.Reception;
import dev.stackmapd.upstream.Intake;
import dev.stackmapd.upstream.Sink;
import dev.stackmapd.upstream.Upstream;
import dev.stackmapd.upstream.Verdict;
import dev.stackmapd.upstream.Wanted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes what upstreams send: files into the store, which checks them, source text into memory. Thread-safe.
public final class ArtifactIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactIntake.class);

    private final ArtifactStore store;
    private final FetchedSources sources;

    public ArtifactIntake(ArtifactStore store, FetchedSources sources) {
        this.store = store;
        this.sources = sources;
    }

    @Override
    public Sink open(Wanted wanted, Upstream from, String imaSignature) throws IOException {
        return switch (wanted.part()) {
            case Wanted.Kind kind ->
                new StoreSink(
                        store.receive(wanted.buildId(), kind(kind), Origin.Debuginfod.of(name(from), imaSignature)));
            case Wanted.SourceFile source -> sources.sink(wanted);
        };
    }

    static ArtifactKind kind(Wanted.Kind kind) {
        return switch (kind) {
            case EXECUTABLE -> ArtifactKind.EXECUTABLE;
            case DEBUGINFO -> ArtifactKind.DEBUGINFO;
        };
    }

    private static String name(Upstream from) {
        String base = from.base().toString();
        return base.substring(0, Math.min(base.length(), Origin.MAX_NAME));
    }

    /// One upstream's file on its way.
    private record StoreSink(Incoming incoming) implements Sink {

        @Override
        public Verdict write(byte[] bytes, int length) throws IOException {
            return switch (incoming.write(ByteBuffer.wrap(bytes, 0, length))) {
                case MORE -> Verdict.GOOD;
                case STOP -> verdict(incoming.finish());
            };
        }

        @Override
        public Verdict verify() throws IOException {
            Optional<Reception> refusal = incoming.check();
            return refusal.isPresent() ? verdict(refusal.get()) : Verdict.GOOD;
        }

        @Override
        public void keep() throws IOException {
            switch (incoming.finish()) {
                case Reception.NoRoom(long missing) -> throw new IOException("the quota lacks " + missing + " bytes");
                default -> {}
            }
        }

        @Override
        public void discard() {
            try {
                incoming.close();
            } catch (IOException e) {
                LOG.warn("what is left of a download goes at the next start", e);
            }
        }

        /// @throws IOException where this host is at fault
        private static Verdict verdict(Reception reception) throws IOException {
            return switch (reception) {
                case Reception.NoRoom(long missing) -> throw new IOException("the quota lacks " + missing + " bytes");
                default ->
                    Receptions.refusal(reception)
                            .<Verdict>map(Verdict.Wrong::new)
                            .orElse(Verdict.GOOD);
            };
        }
    }
}
