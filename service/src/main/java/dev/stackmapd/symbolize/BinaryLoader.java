package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.Artifacts.FetchProspect;
import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import dev.stackmapd.symbolize.Loaded.Ready.Basis;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexInput;
import dev.stackmapd.symbolize.index.LookedFor;
import dev.stackmapd.upstream.FileRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Opens binaries: from their index where there is one, else from their files. Thread-safe.
///
/// @param readers a permit is taken while tables of files are read
/// @param changed is given a build-id when its index was built, on the building thread
record BinaryLoader(
        Artifacts artifacts,
        IndexBuilds builds,
        ParseLimits parseLimits,
        Semaphore readers,
        Consumer<BuildId> changed) {

    /// Opens the files, or the index, of a build-id. Wants upstream what is missing, and an index where there is none.
    Loaded load(BuildId buildId) {
        OpenFiles opened = open(buildId);
        if (!opened.files().isComplete()) {
            Loaded missing = opened.missing();
            opened.close();
            return inProspect(buildId, missing);
        }
        if (opened.hasDebugInformation()) {
            opened.lacking().forEach(lacking -> artifacts.want(lacking, EnumSet.of(FileRequest.BinaryKind.DEBUGINFO)));
            return indexed(buildId, opened);
        }
        artifacts.want(buildId, EnumSet.of(FileRequest.BinaryKind.DEBUGINFO));
        return direct(buildId, opened, () -> "");
    }

    /// What is missing or broken here may be had upstream.
    private Loaded inProspect(BuildId buildId, Loaded missing) {
        return artifacts.want(buildId, EnumSet.allOf(FileRequest.BinaryKind.class)) == FetchProspect.PENDING
                ? new Loaded.Absent(Symbolized.Cause.PENDING)
                : missing;
    }

    private OpenFiles open(BuildId buildId) {
        readers.acquireUninterruptibly();
        try {
            return OpenFiles.of(buildId, artifacts, parseLimits);
        } finally {
            readers.release();
        }
    }

    private Loaded.Ready direct(BuildId buildId, OpenFiles opened, Supplier<String> noIndex) {
        BinaryScratch scratch = opened.scratch();
        LookedFor lookedFor = opened.lookedFor();
        BooleanSupplier changed = changes(buildId, opened.paths());
        Loaded.Ready ready = new Loaded.Ready(
                opened.files().segments(),
                opened.files().symbols(),
                opened.lacking(),
                () -> scratch.hasRefused() || lookedFor.isStale() || changed.getAsBoolean(),
                new Basis.Files(noIndex));
        scratch.heldBy(ready);
        return ready;
    }

    /// Makes a check whether one of the files has other contents by now. A file that has gone remains as it was opened.
    private BooleanSupplier changes(BuildId buildId, List<Path> files) {
        Optional<Path> opened = place(buildId, files);
        return () -> opened.isPresent()
                && place(buildId, files)
                        .filter(now -> !now.equals(opened.get()))
                        .isPresent();
    }

    private Optional<Path> place(BuildId buildId, List<Path> files) {
        try {
            return Optional.of(builds.folder().place(buildId, files));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Loaded indexed(BuildId buildId, OpenFiles opened) {
        try {
            Path place = builds.folder().place(buildId, opened.paths());
            LookedFor now = opened.lookedFor();
            Optional<IndexBackedSymbols> index = builds.folder().open(buildId, place, now);
            if (index.isPresent()) {
                opened.close();
                BooleanSupplier otherContents = changes(buildId, opened.paths());
                return new Loaded.Ready(
                        opened.files().segments(),
                        index.get(),
                        opened.lacking(),
                        () -> builds.folder().isStale(place, now) || otherContents.getAsBoolean(),
                        new Basis.Index(place));
            }
            Loaded.Ready answering = direct(buildId, opened, () -> builds.refusal(place));
            builds.want(buildId, place, () -> input(buildId, answering, opened), () -> changed.accept(buildId));
            return answering;
        } catch (IOException e) {
            // A file went away just now: what is open answers, and the next load sees what is there then.
            return direct(buildId, opened, () -> "");
        }
    }

    /// Returns the files that answer now if they are still open, and otherwise opens them again: a build may wait
    /// longer
    /// than the cache keeps a binary.
    private Optional<IndexInput> input(BuildId buildId, Loaded.Ready answering, OpenFiles opened) {
        if (answering.enter()) {
            return Optional.of(
                    new SharedFiles(answering, opened.files(), opened.paths(), opened.lookedFor(), opened.scratch()));
        }
        OpenFiles anew = open(buildId);
        if (anew.hasDebugInformation()) {
            return Optional.of(anew);
        }
        anew.close();
        return Optional.empty();
    }

    /// The files of an open binary, which answers meanwhile: its sections are inflated, and its tables read, once.
    ///
    /// @param answering is used by the build until this is closed
    private record SharedFiles(
            Loaded.Ready answering, BinaryFiles files, List<Path> paths, LookedFor lookedFor, BinaryScratch scratch)
            implements IndexInput {

        @Override
        public void close() {
            answering.leave();
        }
    }
}
