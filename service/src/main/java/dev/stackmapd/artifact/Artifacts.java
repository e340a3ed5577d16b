package dev.stackmapd.artifact;

import dev.stackmapd.artifact.LayoutCache.LayoutSource;
import dev.stackmapd.artifact.describe.ElfDescription;
import dev.stackmapd.artifact.disk.Agreement;
import dev.stackmapd.artifact.disk.Artifact;
import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.BinaryScratch;
import dev.stackmapd.artifact.disk.Conflict;
import dev.stackmapd.artifact.disk.Damage;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.artifact.disk.Lease;
import dev.stackmapd.artifact.disk.Origin;
import dev.stackmapd.artifact.folder.DirectoryArtifacts;
import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.elfcore.elf.LoadSegment;
import dev.stackmapd.request.RejectionException;
import dev.stackmapd.resolve.MappedLayouts;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.FetchReport;
import dev.stackmapd.upstream.FileRequest;
import dev.stackmapd.upstream.ForwardedHeaders;
import dev.stackmapd.upstream.RecordedAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files of a build-id from all sources: the operator's folders, the store, the upstreams, and (only
/// for symbols) the files of this host. Only files that agree with the most trusted one, and with one
/// another, are returned ([Selection]). Thread-safe.
///
/// A build-id may be given as the kernel pads it ([BuildId#matches]). A file without one is held under
/// its htlhash, and every file is found by its htlhash ([#heldAs]).
public final class Artifacts implements MappedLayouts {
    private static final Logger LOG = LoggerFactory.getLogger(Artifacts.class);

    private final DirectoryArtifacts directories;
    private final ArtifactStore store;
    private final DebuginfodUpstreams upstreams;
    private final LayoutCache layoutCache;
    private final LocalFiles local;
    private final BackgroundFetches backgroundFetches;
    private final List<Consumer<BuildId>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<BuildId>> damageListeners = new CopyOnWriteArrayList<>();

    public Artifacts(
            DirectoryArtifacts directories,
            ArtifactStore store,
            DebuginfodUpstreams upstreams,
            LayoutCache layoutCache,
            LocalFiles local) {
        this.directories = directories;
        this.store = store;
        this.upstreams = upstreams;
        this.backgroundFetches = new BackgroundFetches(upstreams, this::changed);
        this.layoutCache = layoutCache;
        this.local = local;
        local.listen(this::tell);
        store.compareWith(buildId -> Selection.of(directories.find(buildId), List.of(), Instant.now())
                .layouts());
        store.damages()
                .listen(damage -> Thread.ofVirtual()
                        .name("damaged-" + damage.artifact().buildId())
                        .start(() -> damaged(damage)));
    }

    /// Informs the listeners of a damaged file, and fetches it again if it was fetched before. Runs on a
    /// thread of its own, because the damage may have been noticed while symbols were loaded from the
    /// file.
    private void damaged(Damage damage) {
        HeldArtifact gone = damage.artifact();
        LOG.error(
                "the {} file of {} ({}, SHA-256 {}) was damaged on the disk and is dropped: {}",
                gone.kind().text(),
                gone.buildId(),
                damage.source().text(),
                gone.sha256(),
                damage.why());
        damageListeners.forEach(listener -> listener.accept(gone.buildId()));
        changed(gone.buildId());
        if (gone.origin() instanceof Origin.Debuginfod) {
            Arrays.stream(FileRequest.BinaryKind.values())
                    .filter(kind -> ArtifactSinkFactory.kind(kind) == gone.kind())
                    .forEach(kind -> backgroundFetches.start(new FileRequest(gone.buildId(), kind)));
        }
    }

    /// Adds a listener for the build-ids of damaged files of the store. It is called after the file was
    /// dropped and before the listeners of [#listen].
    public void listenToDamages(Consumer<BuildId> listener) {
        damageListeners.add(listener);
    }

    /// Returns the files of the store that were dropped because their bytes had changed.
    public List<Damage> damages(BuildId buildId) {
        return store.damages().of(buildId);
    }

    /// Returns the file of the store if its bytes are unchanged.
    public Optional<HeldArtifact> sound(BuildId buildId, ArtifactKind kind) {
        try {
            return store.sound(buildId, kind);
        } catch (IOException e) {
            LOG.warn("the {} file of {} cannot be read", kind.text(), buildId, e);
            return Optional.empty();
        }
    }

    /// Adds a listener for each build-id whose files, or whose pending fetches, may have changed. It is
    /// called on any thread and must not block.
    public void listen(Consumer<BuildId> listener) {
        listeners.add(listener);
    }

    /// Updates the cached layout of a build-id and calls all listeners.
    public void changed(BuildId buildId) {
        settle(buildId, selectionInMemory(buildId));
        tell(buildId);
    }

    private void tell(BuildId buildId) {
        listeners.forEach(listener -> listener.accept(buildId));
    }

    /// Returns the id under which the files of a binary are held. For an htlhash this is the build-id of
    /// the file that has it, so that all files of this build-id are used together; otherwise it is the
    /// id that is given.
    ///
    /// A file that contradicts the selected files of its build-id is used only by its htlhash, without
    /// any other file. This method reads files of `.build-id` trees if no file of the build-id was used
    /// lately, and no other files.
    public BuildId heldAs(BuildId asked) {
        if (asked.kind() == BuildId.Kind.GNU) {
            return asked;
        }
        Optional<Artifact> inFolder = directories.indexed(asked).stream().findFirst();
        if (inFolder.isPresent()) {
            return heldAs(asked, inFolder.get().buildId(), layout(inFolder.get()));
        }
        return store.byHtlhash(asked)
                .map(file -> heldAs(asked, file.buildId(), file.layout()))
                .orElse(asked);
    }

    /// @param layout of the file that has the htlhash
    private BuildId heldAs(BuildId htlhash, BuildId own, Layout layout) {
        boolean isAlias = own.kind() == BuildId.Kind.GNU && !own.suspicious() && isUsed(own, layout);
        return isAlias ? own : htlhash;
    }

    /// Returns true if a file of the folders or the store agrees with the selected files of its
    /// build-id.
    private boolean isUsed(BuildId buildId, Layout layout) {
        if (selectionInMemory(buildId).contradiction(layout).isPresent()) {
            return false;
        }
        if (lastFileSeen(buildId).isPresent()
                && contradictionToFileSeen(buildId, layout).isEmpty()) {
            return true;
        }
        // A file of a tree may be more trusted, or may have been deleted.
        var _ = select(buildId);
        return contradictionToFileSeen(buildId, layout).isEmpty();
    }

    private static Layout layout(Artifact file) {
        return switch (file) {
            case Artifact.Binary binary -> binary.layout();
            case Artifact.Damaged damaged -> Layout.Linked.UNKNOWN;
        };
    }

    /// Returns the files that agree with one another and may be served. The caller closes them.
    public HeldFiles held(BuildId asked) {
        BuildId buildId = heldAs(asked);
        return held(buildId, select(buildId), List.of());
    }

    /// Returns all files on this host that agree with one another, for symbolization. The caller closes
    /// them.
    ///
    /// @param buildId under which they are held ([#heldAs])
    public HeldFiles heldForNames(BuildId buildId) {
        Selection selection = select(buildId);
        Agreement agreement = new Agreement();
        selection.layouts().forEach(layout -> agreement.admit(layout, "a file that is held"));
        List<Artifact.Binary> others = local.find(buildId).stream()
                .filter(file -> agreement.admit(file.layout(), "a local file").isEmpty())
                .toList();
        return held(buildId, selection, others);
    }

    private HeldFiles held(BuildId buildId, Selection selection, List<Artifact.Binary> others) {
        List<Artifact> files = new ArrayList<>(selection.inFolders());
        files.sort(Artifact.BEST_FIRST);
        List<Artifact.Binary> packages = new ArrayList<>();
        List<Lease> leases = new ArrayList<>();
        for (HeldArtifact file :
                selection.stored().stream().sorted(HeldArtifact.BEST_FIRST).toList()) {
            for (Lease lease : lease(file.buildId(), file.kind()).stream().toList()) {
                leases.add(lease);
                if (file.kind() == ArtifactKind.PACKAGE) {
                    packages.add(lease.binary());
                } else {
                    files.add(lease.binary());
                }
            }
        }
        files.addAll(others);
        files.sort(Artifact.BEST_KIND_FIRST);
        return new HeldFiles(files, packages, leases, segments(buildId, selection));
    }

    /// Returns scratch space for the files of a binary that is being opened.
    public BinaryScratch scratch() {
        return store.scratch();
    }

    private List<LoadSegment> segments(BuildId buildId, Selection selection) {
        return selection
                .bridge()
                .or(() -> layoutCache.agreeing(buildId, selection.layouts()))
                .map(Layout.Linked::segments)
                .orElse(List.of());
    }

    /// Selects the files that are used, and records the conflicts of the others. Reads files of
    /// `.build-id` trees.
    private Selection select(BuildId buildId) {
        Selection selection = Selection.of(directories.find(buildId), store.held(buildId), Instant.now());
        selection.conflicts().forEach(conflict -> store.conflicts().stands(buildId, conflict));
        settle(buildId, selection);
        return selection;
    }

    /// Selects without the files of `.build-id` trees; reads no file.
    private Selection selectionInMemory(BuildId buildId) {
        List<Artifact> indexed = directories.indexed(buildId);
        List<HeldArtifact> stored = store.held(buildId);
        return indexed.isEmpty() && stored.isEmpty() ? Selection.NONE : Selection.of(indexed, stored, Instant.now());
    }

    /// Updates the cached layout: a file's own segments replace those that were seen elsewhere, and a
    /// layout that a file contradicts is removed.
    private void settle(BuildId buildId, Selection selection) {
        if (selection.bridge().isPresent()) {
            var _ = layoutCache.add(buildId, selection.bridge().get(), LayoutSource.FILE);
        } else if (layoutCache.agreeing(buildId, selection.layouts()).isEmpty()) {
            layoutCache.forget(buildId);
        }
    }

    /// Compares a mapped file with the files of folders and of the store, and with a file of a
    /// `.build-id` tree as it was when last used.
    @Override
    public Optional<String> seen(BuildId buildId, Layout layout, MappedLayouts.Evidence evidence) {
        if (!(layout instanceof Layout.Linked mapped) || !mapped.isBridge()) {
            return Optional.empty();
        }
        Selection here = selectionInMemory(buildId);
        Optional<String> why = here.contradiction(mapped)
                .map(found -> found.against("the file that is held"))
                .or(() -> contradictionToFileSeen(buildId, mapped));
        if (why.isPresent()) {
            noteMapped(buildId, evidence, why.get());
        } else {
            remember(buildId, mapped, evidence, here);
        }
        return why;
    }

    private Optional<String> contradictionToFileSeen(BuildId buildId, Layout mapped) {
        return lastFileSeen(buildId)
                .flatMap(known -> mapped.contradictionTo(known.asExecutable()))
                .map(found -> found.against("a file that was held"));
    }

    private Optional<Layout.Linked> lastFileSeen(BuildId buildId) {
        return layoutCache
                .get(buildId)
                .filter(known -> known.source() == LayoutSource.FILE)
                .map(LayoutCache.KnownLayout::layout);
    }

    private void remember(BuildId buildId, Layout.Linked mapped, MappedLayouts.Evidence evidence, Selection here) {
        if (here.bridge().isPresent()) {
            return;
        }
        if (!here.isEmpty()) {
            settle(buildId, here);
        }
        LayoutSource source = switch (evidence) {
            case HEAD -> LayoutSource.HEAD;
            case FILE -> LayoutSource.PROCESS;
        };
        switch (layoutCache.add(buildId, mapped, source)) {
            case NONE -> {}
            case KNOWN -> {
                if (!here.isEmpty()) {
                    tell(buildId);
                }
            }
            case CONTESTED -> {
                noteMapped(buildId, evidence, "two mapped files of this build-id have their code at different places");
                tell(buildId);
            }
        }
    }

    private void noteMapped(BuildId buildId, MappedLayouts.Evidence evidence, String why) {
        Conflict.Source source = switch (evidence) {
            case HEAD -> Conflict.Source.HEAD;
            case FILE -> Conflict.Source.PROCESS;
        };
        store.conflicts().happened(buildId, new Conflict(ArtifactKind.EXECUTABLE, source, "", Instant.now(), why));
    }

    /// Returns the latest files that contradicted a more trusted one, newest first.
    ///
    /// @param buildId under which files are held ([#heldAs])
    public List<Conflict> conflicts(BuildId buildId) {
        var _ = select(buildId);
        return store.conflicts().of(buildId);
    }

    private Optional<Lease> lease(BuildId buildId, ArtifactKind kind) {
        try {
            return store.lease(buildId, kind);
        } catch (IOException e) {
            LOG.warn("the {} file of {} cannot be read", kind.text(), buildId, e);
            return Optional.empty();
        }
    }

    /// Returns the operator's folders. Paths in debug information of served files may lead into these
    /// only.
    public List<Path> folders() {
        return directories.folders();
    }

    /// Returns the folders that paths in debug information may lead into for symbolization: also local
    /// ones.
    public List<Path> foldersForNames() {
        return Stream.concat(directories.folders().stream(), local.folders().stream())
                .toList();
    }

    /// Returns the paths that `.build-id` trees would have for a build-id. They are looked up at every
    /// symbolization.
    public List<Path> treePaths(BuildId buildId) {
        return Stream.concat(directories.treePaths(buildId).stream(), local.treePaths(buildId).stream())
                .toList();
    }

    /// Returns the files of the operator's folders. They have paths, which must not reach a client.
    ///
    /// @param buildId under which they are held; for an htlhash, the file that has it is returned
    public List<Artifact> inFolders(BuildId buildId) {
        return directories.find(buildId);
    }

    /// Returns the files of the store.
    ///
    /// @param buildId under which they are held; for an htlhash, the file that has it is returned
    public List<HeldArtifact> stored(BuildId buildId) {
        return store.held(buildId);
    }

    /// Returns the last answers of all upstreams for a build-id, in any of its forms.
    public List<UpstreamAnswer> answers(BuildId buildId) {
        List<UpstreamAnswer> answers = new ArrayList<>();
        for (BuildId form : buildId.forms()) {
            for (FileRequest.BinaryKind kind : FileRequest.BinaryKind.values()) {
                for (RecordedAnswer answer : upstreams.answers(new FileRequest(form, kind))) {
                    answers.add(UpstreamAnswer.of(kind, answer));
                }
            }
        }
        return answers;
    }

    /// Returns the build-id as a held file has it, else the given one. Upstreams are asked for this
    /// form, because they do not know build-ids that the kernel has padded with zeros.
    public BuildId ownBuildId(BuildId asked) {
        BuildId buildId = heldAs(asked);
        Stream<BuildId> stored = store.held(buildId).stream()
                .filter(file -> file.kind() != ArtifactKind.PACKAGE) // it need not have one
                .map(HeldArtifact::buildId);
        return stored.findFirst()
                .or(() -> directories.find(buildId).stream()
                        .map(Artifact::buildId)
                        .findFirst())
                .orElse(buildId);
    }

    /// Returns true if it is known here the addresses of its code, and something may name it. Counts as
    /// no use of these files.
    public boolean isNameable(BuildId asked) {
        BuildId buildId = heldAs(asked);
        Selection selection = select(buildId);
        boolean names =
                selection.stored().stream().anyMatch(file -> file.quality().symbols() != Artifact.Symbols.NONE)
                        || selection.inFolders().stream()
                                .anyMatch(file -> file instanceof Artifact.Binary binary
                                        && binary.symbols() != Artifact.Symbols.NONE)
                        || local.find(buildId).stream().anyMatch(file -> file.symbols() != Artifact.Symbols.NONE);
        return names && !segments(buildId, selection).isEmpty();
    }

    /// Returns a description of the binary for people: of the file with its code, else of another one;
    /// empty if none of the held files can be described.
    public Optional<ElfDescription> describe(BuildId buildId) {
        try (HeldFiles held = held(buildId)) {
            return held.files().stream()
                    .filter(Artifact.Binary.class::isInstance)
                    .map(Artifact.Binary.class::cast)
                    .sorted(Comparator.comparing(Artifact.Binary::code))
                    .flatMap(file -> describe(file.path()).stream())
                    .findFirst();
        }
    }

    private static Optional<ElfDescription> describe(Path path) {
        try {
            return ElfDescription.of(path);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Removes a file of the store, which may be an upload; returns true if there was one.
    ///
    /// @throws UncheckedIOException if it cannot be deleted
    public boolean remove(BuildId buildId, ArtifactKind kind) {
        try {
            boolean removed = store.remove(buildId, kind);
            layoutCache.forget(buildId);
            store.conflicts().forget(buildId);
            changed(buildId);
            return removed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Tells if upstreams may still have a file.
    public enum FetchProspect {
        /// They are being asked; listeners are called when they have answered.
        PENDING,
        /// All have answered negatively and are not asked again for a while; or there are none.
        NONE
    }

    /// Starts background fetches of files that are not held, unless upstreams were asked lately. Does
    /// not block.
    public FetchProspect want(BuildId buildId, Set<FileRequest.BinaryKind> kinds) {
        FetchProspect prospect = FetchProspect.NONE;
        BuildId own = ownBuildId(buildId);
        for (FileRequest.BinaryKind kind : kinds) {
            if (!isHeld(own, kind) && backgroundFetches.start(new FileRequest(own, kind)) == FetchProspect.PENDING) {
                prospect = FetchProspect.PENDING;
            }
        }
        return prospect;
    }

    /// Returns true if a file of this kind is used already: from the store or from a folder.
    private boolean isHeld(BuildId buildId, FileRequest.BinaryKind kind) {
        Selection selection = select(buildId);
        return selection.stored().stream().anyMatch(file -> file.kind() == ArtifactSinkFactory.kind(kind))
                || selection.inFolders().stream()
                        .anyMatch(file -> file instanceof Artifact.Binary binary && fits(binary, kind));
    }

    /// Returns the kinds of files that would be served without asking upstreams. Does not count as a use
    /// of these files.
    public Set<FileRequest.BinaryKind> heldKinds(BuildId buildId) {
        Selection selection = select(heldAs(buildId));
        Set<FileRequest.BinaryKind> kinds = EnumSet.noneOf(FileRequest.BinaryKind.class);
        for (FileRequest.BinaryKind kind : FileRequest.BinaryKind.values()) {
            boolean stored = selection.stored().stream()
                    .anyMatch(file -> file.kind() != ArtifactKind.PACKAGE
                            && has(file.code(), file.quality().symbols(), kind));
            boolean inFolder = selection.inFolders().stream()
                    .anyMatch(file -> file instanceof Artifact.Binary binary && fits(binary, kind));
            if (stored || inFolder) {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    /// Returns the best file for a kind of request; if none is held, blocks until upstreams have
    /// answered.
    ///
    /// @param forwarded the headers to send for the client
    /// @return to be closed by the caller; empty if no such file is held and no upstream has it
    public Optional<ServedFile> serve(BuildId buildId, FileRequest.BinaryKind kind, ForwardedHeaders forwarded)
            throws InterruptedException {
        Optional<ServedFile> here = serveHeld(buildId, kind);
        if (here.isPresent()) {
            return here;
        }
        BuildId own = ownBuildId(buildId);
        if (fetch(new FileRequest(own, kind), forwarded).winner().isEmpty()) {
            return Optional.empty();
        }
        changed(own);
        return serveHeld(buildId, kind);
    }

    /// Asks upstreams and blocks until the fetch has ended. A fetched file is in the store, or source
    /// text in [FetchedSources].
    ///
    /// @throws RejectionException if the service is stopping, so that the answer is unknown
    public FetchReport fetch(FileRequest request, ForwardedHeaders forwarded) throws InterruptedException {
        FetchReport report = upstreams.fetch(request, forwarded);
        if (report.isCutShort()) {
            throw RejectionException.of(RejectionException.Category.BUSY, "the service is stopping");
        }
        return report;
    }

    /// Returns the best file on this host for a kind of request. For an htlhash, this is the file that has it, if
    /// it fits the kind.
    ///
    /// @return to be closed by the caller
    public Optional<ServedFile> serveHeld(BuildId buildId, FileRequest.BinaryKind kind) {
        HeldFiles held = held(buildId);
        Optional<Artifact.Binary> best = held.files().stream()
                .filter(Artifact.Binary.class::isInstance)
                .map(Artifact.Binary.class::cast)
                .filter(binary -> fits(binary, kind))
                .min(Comparator.comparing(binary -> !binary.htlhash().equals(buildId)));
        if (best.isEmpty()) {
            held.close();
        }
        return best.map(binary -> new ServedFile(binary, held));
    }

    /// Returns true if the file fits the kind, by the rules of debuginfod servers: an executable with
    /// debug sections fits both. A file of a folder may have been deleted since the last scan.
    private static boolean fits(Artifact.Binary file, FileRequest.BinaryKind kind) {
        return has(file.code(), file.symbols(), kind) && Files.isRegularFile(file.path());
    }

    private static boolean has(Artifact.Code code, Artifact.Symbols symbols, FileRequest.BinaryKind kind) {
        return switch (kind) {
            case EXECUTABLE -> code == Artifact.Code.PRESENT;
            case DEBUGINFO ->
                switch (symbols) {
                    case DEBUG_INFORMATION -> true;
                    case SYMTAB -> code == Artifact.Code.ABSENT;
                    case DYNSYM, NONE -> false;
                };
        };
    }

    /// A file that is kept at its path until this is closed.
    public static final class ServedFile implements AutoCloseable {
        private final Artifact.Binary file;
        private final HeldFiles held;

        private ServedFile(Artifact.Binary file, HeldFiles held) {
            this.file = file;
            this.held = held;
        }

        public Artifact.Binary file() {
            return file;
        }

        /// Returns all files of the build-id, which are open as long as this is.
        public HeldFiles held() {
            return held;
        }

        /// @throws IOException if the bytes were found to have changed on the disk since
        public void requireSound() throws IOException {
            if (held.isDamaged()) {
                throw new IOException("the file was found to be damaged while it was read");
            }
        }

        @Override
        public void close() {
            held.close();
        }
    }
}
