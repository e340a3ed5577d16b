package dev.stackmapd.upstream;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.BuildIdReader;
import dev.stackmapd.elfcore.elf.BuildIdSearch;
import dev.stackmapd.upstream.DownloadSink.ContentCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Takes files into memory, verified as a store would: ELF at the first byte, the build-id at the last. Source
/// files are taken as they are.
final class Catch implements DownloadSinkFactory {
    private final List<MemorySink> sinks = new CopyOnWriteArrayList<>();

    @Override
    public DownloadSink open(FileRequest request, Upstream from, String imaSignature) {
        MemorySink sink = new MemorySink(request);
        sinks.add(sink);
        return sink;
    }

    List<byte[]> kept() {
        return sinks.stream()
                .filter(sink -> sink.state == State.KEPT)
                .map(sink -> sink.bytes.toByteArray())
                .toList();
    }

    /// How many sinks were opened.
    int opened() {
        return sinks.size();
    }

    /// Those that were neither kept nor discarded.
    long left() {
        return sinks.stream().filter(sink -> sink.state == State.OPEN).count();
    }

    private enum State {
        OPEN,
        KEPT,
        DISCARDED
    }

    private static final class MemorySink implements DownloadSink {
        private final FileRequest request;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private volatile State state = State.OPEN;

        MemorySink(FileRequest request) {
            this.request = request;
        }

        @Override
        public ContentCheck write(byte[] from, int length) {
            if (state != State.OPEN) {
                throw new IllegalStateException("written to when " + state);
            }
            boolean wrong = bytes.size() == 0 && from[0] != 0x7f && !isSource();
            bytes.write(from, 0, length);
            return wrong ? new ContentCheck.Rejected("not ELF") : ContentCheck.ACCEPTED;
        }

        private boolean isSource() {
            return request.part() instanceof FileRequest.SourceFile;
        }

        @Override
        public ContentCheck verify() throws IOException {
            if (isSource()) {
                return ContentCheck.ACCEPTED;
            }
            BuildIdSearch search = new BuildIdReader(BuildIdProfile.LENIENT, ParseLimits.DEFAULT)
                    .read(new ByteArrayBytes("body", bytes.toByteArray()));
            return search instanceof BuildIdSearch.Found(BuildId id) && id.equals(request.buildId())
                    ? ContentCheck.ACCEPTED
                    : new ContentCheck.Rejected("another build-id");
        }

        @Override
        public void keep() {
            state = State.KEPT;
        }

        @Override
        public void discard() {
            state = State.DISCARDED;
        }
    }
}
