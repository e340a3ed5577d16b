package dev.stackmapd.symbolize;

import dev.stackmapd.artifact.Artifacts;
import dev.stackmapd.artifact.Artifacts.FetchProspect;
import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.lookup.BinaryFiles;
import dev.stackmapd.elfcore.lookup.IndexBackedSymbols;
import dev.stackmapd.symbolize.OpenBinary.Basis;
import dev.stackmapd.symbolize.index.IndexBuilds;
import dev.stackmapd.symbolize.index.IndexInput;
import dev.stackmapd.symbolize.index.SearchedPaths;
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

/// Opens binaries from their index if one exists, otherwise from their files. Thread-safe.
///
/// @param readers limits the threads that read tables of files at once
/// @param changed receives a build-id when its index has been built, on the building thread
record BinaryLoader(
        Artifacts artifacts,
        IndexBuilds builds,
        ParseLimits parseLimits,
        Semaphore readers,
        Consumer<BuildId> changed) {

    /// Opens the index or the files of a build-id. Requests missing files from upstreams, and the build
    /// of a missing index.
    LoadResult load(BuildId buildId) {
        OpenedBinaryFiles opened = open(buildId);
        if (!opened.files().isComplete()) {
            LoadResult missing = opened.missing();
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

    /// Requests missing or malformed files from upstreams. Returns a pending result if upstreams may
    /// have them, otherwise `missing`.
    private LoadResult inProspect(BuildId buildId, LoadResult missing) {
        return artifacts.want(buildId, EnumSet.allOf(FileRequest.BinaryKind.class)) == FetchProspect.PENDING
                ? new LoadResult.Absent(SymbolizationResult.Cause.PENDING)
                : missing;
    }

    private OpenedBinaryFiles open(BuildId buildId) {
        readers.acquireUninterruptibly();
        try {
            return OpenedBinaryFiles.of(buildId, artifacts, parseLimits);
        } finally {
            readers.release();
        }
    }

    private OpenBinary direct(BuildId buildId, OpenedBinaryFiles opened, Supplier<String> noIndex) {
        BinaryScratch scratch = opened.scratch();
        SearchedPaths searchedPaths = opened.searchedPaths();
        BooleanSupplier changed = changes(buildId, opened.paths());
        OpenBinary ready = new OpenBinary(
                opened.files().segments(),
                opened.files().symbols(),
                opened.lacking(),
                () -> scratch.hasRefused() || searchedPaths.isStale() || changed.getAsBoolean(),
                new Basis.Files(noIndex));
        scratch.heldBy(ready);
        return ready;
    }

    /// Returns a check that is true if the contents of one of the files have changed. A deleted file
    /// does not count as changed, because it stays open.
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

    private LoadResult indexed(BuildId buildId, OpenedBinaryFiles opened) {
        try {
            Path place = builds.folder().place(buildId, opened.paths());
            SearchedPaths now = opened.searchedPaths();
            Optional<IndexBackedSymbols> index = builds.folder().open(buildId, place, now);
            if (index.isPresent()) {
                opened.close();
                BooleanSupplier otherContents = changes(buildId, opened.paths());
                return new OpenBinary(
                        opened.files().segments(),
                        index.get(),
                        opened.lacking(),
                        () -> builds.folder().isStale(place, now) || otherContents.getAsBoolean(),
                        new Basis.Index(place));
            }
            OpenBinary answering = direct(buildId, opened, () -> builds.refusal(place));
            builds.want(buildId, place, () -> input(buildId, answering, opened), () -> changed.accept(buildId));
            return answering;
        } catch (IOException e) {
            // A file was deleted just now: the open files are used, and the next load finds the current ones.
            return direct(buildId, opened, () -> "");
        }
    }

    /// Returns the files of `answering` if it is still open, and otherwise opens them again: a build may
    /// wait longer than the cache keeps a binary.
    private Optional<IndexInput> input(BuildId buildId, OpenBinary answering, OpenedBinaryFiles opened) {
        if (answering.enter()) {
            return Optional.of(new SharedFiles(
                    answering, opened.files(), opened.paths(), opened.searchedPaths(), opened.scratch()));
        }
        OpenedBinaryFiles reopened = open(buildId);
        if (reopened.hasDebugInformation()) {
            return Optional.of(reopened);
        }
        reopened.close();
        return Optional.empty();
    }

    /// The files of an open binary that serves look-ups during the build, so that its sections are
    /// decompressed and its tables read only once.
    ///
    /// @param answering stays open until this input is closed
    private record SharedFiles(
            OpenBinary answering,
            BinaryFiles files,
            List<Path> paths,
            SearchedPaths searchedPaths,
            BinaryScratch scratch)
            implements IndexInput {

        @Override
        public void close() {
            answering.leave();
        }
    }
}
