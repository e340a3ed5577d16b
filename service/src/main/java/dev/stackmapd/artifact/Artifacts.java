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
import dev.stackmapd.request.RefusedException;
import dev.stackmapd.resolve.MappedLayouts;
import dev.stackmapd.upstream.DebuginfodUpstreams;
import dev.stackmapd.upstream.FetchReport;
import dev.stackmapd.upstream.FileRequest;
import dev.stackmapd.upstream.ForwardedHeaders;
import dev.stackmapd.upstream.PendingFetch;
import dev.stackmapd.upstream.RecordedAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every way to the files of a build-id: the operator's folders, the store, the upstreams, and for names alone the
/// files of this host. Only files that agree with the most trusted one, and with one another, are handed out
/// ([Selection]). Thread-safe.
///
/// A build-id may be given as the kernel pads it ([BuildId#matches]). A file without one is held under its htlhash, and
/// every file is found by its htlhash ([#heldAs]).
public final class Artifacts implements MappedLayouts {
    private static final Logger LOG = LoggerFactory.getLogger(Artifacts.class);

    /// Fetches that run or wait without anybody waiting for them; beyond, what is wanted is wanted again later.
    private static final int MAX_BACKGROUND = 1_000;

    private final DirectoryArtifacts directories;
    private final ArtifactStore store;
    private final DebuginfodUpstreams upstreams;
    private final LayoutCache layoutCache;
    private final LocalFiles local;
    private final Set<FileRequest> underWay = ConcurrentHashMap.newKeySet();
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

    /// Nothing may be made of the file any more, and it is fetched again if it was fetched before. On a
    /// thread of its own, because the file may have been found damaged while names were loaded from it.
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
                    .forEach(kind -> want(new FileRequest(gone.buildId(), kind)));
        }
    }

    /// Has somebody told of each build-id of which a file of the store proved to be damaged, after it was
    /// dropped and before [#listen] tells.
    public void listenToDamages(Consumer<BuildId> listener) {
        damageListeners.add(listener);
    }

    /// The files of the store that are missing because their bytes had changed.
    public List<Damage> damages(BuildId buildId) {
        return store.damages().of(buildId);
    }

    /// Returns the file of the store if its bytes are those that came.
    public Optional<HeldArtifact> sound(BuildId buildId, ArtifactKind kind) {
        try {
            return store.sound(buildId, kind);
        } catch (IOException e) {
            LOG.warn("the {} file of {} cannot be read", kind.text(), buildId, e);
            return Optional.empty();
        }
    }

    /// Has somebody told of each build-id whose files, or chances of having any, may have changed. Called on
    /// threads of all kinds; must not wait.
    public void listen(Consumer<BuildId> listener) {
        listeners.add(listener);
    }

    /// Tells all who listen.
    public void changed(BuildId buildId) {
        settle(buildId, selectionInMemory(buildId));
        tell(buildId);
    }

    private void tell(BuildId buildId) {
        listeners.forEach(listener -> listener.accept(buildId));
    }

    /// Returns the id under which the files of a binary are held. For an htlhash this is the build-id of the file that
    /// has it, so that all files of this build-id are used together; otherwise it is the id that is given.
    ///
    /// A file that contradicts what counts of its build-id is used only by its htlhash, without any other file. The
    /// method reads files of `.build-id` trees if no file of the build-id was used lately, and no other files.
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

    /// Returns true if a file of the folders or the store agrees with what counts of its build-id.
    private boolean isUsed(BuildId buildId, Layout layout) {
        if (selectionInMemory(buildId).contradiction(layout).isPresent()) {
            return false;
        }
        if (lastFileSeen(buildId).isPresent()
                && contradictionToFileSeen(buildId, layout).isEmpty()) {
            return true;
        }
        // A file of a tree may count more, or does not lie there any more.
        var _ = select(buildId);
        return contradictionToFileSeen(buildId, layout).isEmpty();
    }

    private static Layout layout(Artifact file) {
        return switch (file) {
            case Artifact.Binary binary -> binary.layout();
            case Artifact.Damaged damaged -> Layout.Linked.UNKNOWN;
        };
    }

    /// The files that agree with one another and may be served, to be closed by the caller.
    public HeldFiles held(BuildId asked) {
        BuildId buildId = heldAs(asked);
        return held(buildId, select(buildId), List.of());
    }

    /// All files on this host that agree with one another, to take names from, to be closed by the caller.
    ///
    /// @param buildId that they are held under ([#heldAs])
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

    /// Scratch space for the files of a binary that is being opened.
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

    /// Which of the files are used; notes the others.
    private Selection select(BuildId buildId) {
        Selection selection = Selection.of(directories.find(buildId), store.held(buildId), Instant.now());
        selection.conflicts().forEach(conflict -> store.conflicts().stands(buildId, conflict));
        settle(buildId, selection);
        return selection;
    }

    /// The same without files of `.build-id` trees, and without reading anything.
    private Selection selectionInMemory(BuildId buildId) {
        List<Artifact> indexed = directories.indexed(buildId);
        List<HeldArtifact> stored = store.held(buildId);
        return indexed.isEmpty() && stored.isEmpty() ? Selection.NONE : Selection.of(indexed, stored, Instant.now());
    }

    /// A file's own segments take the place of all that were seen elsewhere, and what a file contradicts is forgotten.
    private void settle(BuildId buildId, Selection selection) {
        if (selection.bridge().isPresent()) {
            var _ = layoutCache.add(buildId, selection.bridge().get(), LayoutSource.FILE);
        } else if (layoutCache.agreeing(buildId, selection.layouts()).isEmpty()) {
            layoutCache.forget(buildId);
        }
    }

    /// Compares with the files of folders and of the store as they were when they came, and with a file of a
    /// `.build-id` tree since it was last used.
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

    /// The last files that did not agree with what counts, the latest first.
    ///
    /// @param buildId that files are held under ([#heldAs])
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

    /// The operator's folders, which paths in debug information of files that are served may lead into.
    public List<Path> folders() {
        return directories.folders();
    }

    /// Folders that paths in debug information may lead into, for names: local ones too.
    public List<Path> foldersForNames() {
        return Stream.concat(directories.folders().stream(), local.folders().stream())
                .toList();
    }

    /// Where `.build-id` trees would have a build-id, which is asked at every look-up for names.
    public List<Path> treePaths(BuildId buildId) {
        return Stream.concat(directories.treePaths(buildId).stream(), local.treePaths(buildId).stream())
                .toList();
    }

    /// Of the operator's folders. For the server only: they have paths.
    ///
    /// @param buildId that they are held under; of an htlhash, the one file that has it
    public List<Artifact> inFolders(BuildId buildId) {
        return directories.find(buildId);
    }

    /// Of the store.
    ///
    /// @param buildId that they are held under; of an htlhash, the one file that has it
    public List<HeldArtifact> stored(BuildId buildId) {
        return store.held(buildId);
    }

    /// What all upstreams last said of a build-id, in whatever form they were asked for it.
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

    /// Returns the file's own build-id if a file is here that says it, else the one that is given. Upstreams are
    /// asked for this one: they know nothing of zeros that the kernel puts behind it.
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

    /// Returns true if it is known here where its code lies, and something may name it. Counts as no use of these
    /// files.
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

    /// What people want to see of the binary: of the file with its code, else of another; empty where none of those
    /// here can be described.
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

    /// Forgets a file of the store, an upload too; whether there was one.
    ///
    /// @throws UncheckedIOException where it cannot be removed
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

    /// Whether upstreams may still give something.
    public enum FetchProspect {
        /// They are being asked; who listens is told when they have answered.
        PENDING,
        /// They have all said no, and are not asked again for a while; or there are none.
        NONE
    }

    /// Has upstreams asked in the background for what is not here, unless they were lately. Does not wait.
    public FetchProspect want(BuildId buildId, Set<FileRequest.BinaryKind> kinds) {
        FetchProspect prospect = FetchProspect.NONE;
        BuildId own = ownBuildId(buildId);
        for (FileRequest.BinaryKind kind : kinds) {
            if (!isHeld(own, kind) && want(new FileRequest(own, kind)) == FetchProspect.PENDING) {
                prospect = FetchProspect.PENDING;
            }
        }
        return prospect;
    }

    /// Returns true if a fetch would bring what is used already: the file was fetched or sent, or a folder has one as
    /// good.
    private boolean isHeld(BuildId buildId, FileRequest.BinaryKind kind) {
        Selection selection = select(buildId);
        return selection.stored().stream().anyMatch(file -> file.kind() == ArtifactSinkFactory.kind(kind))
                || selection.inFolders().stream()
                        .anyMatch(file -> file instanceof Artifact.Binary binary && fits(binary, kind));
    }

    /// Returns the kinds of files that would be served without asking upstreams. Counts as no use of these
    /// files.
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

    private FetchProspect want(FileRequest request) {
        if (underWay.size() >= MAX_BACKGROUND || !underWay.add(request)) {
            return FetchProspect.PENDING;
        }
        PendingFetch waiting = upstreams.join(request, ForwardedHeaders.OWN);
        if (isRefused(waiting)) {
            waiting.close();
            underWay.remove(request);
            return FetchProspect.NONE;
        }
        Thread.ofVirtual().name("want-" + request.buildId()).start(() -> await(request, waiting));
        return FetchProspect.PENDING;
    }

    /// A fetch that was over before anybody could wait for it may have brought the file all the same.
    private static boolean isRefused(PendingFetch waiting) {
        try {
            return waiting.await(Duration.ZERO)
                    .filter(report -> report.winner().isEmpty())
                    .isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// The edge of its thread.
    private void await(FileRequest request, PendingFetch waiting) {
        try (waiting) {
            waiting.await();
        } catch (InterruptedException | RuntimeException e) {
            LOG.warn("the fetch of {} broke", request, e);
        } finally {
            underWay.remove(request);
            changed(request.buildId());
        }
    }

    /// The best file on this host for a kind of request, fetched if need be, which is waited for.
    ///
    /// @param forwarded who asks
    /// @return to be closed by the caller; empty where nobody has such a file
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

    /// Asks upstreams, and waits; what they have is where the intake puts it.
    ///
    /// @throws RefusedException where the service is stopping, so that it is not known what they have
    public FetchReport fetch(FileRequest request, ForwardedHeaders forwarded) throws InterruptedException {
        FetchReport report = upstreams.fetch(request, forwarded);
        if (report.isCutShort()) {
            throw RefusedException.of(RefusedException.Kind.BUSY, "the service is stopping");
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

    /// As debuginfod servers have it: an executable with debug sections is both. A file of a folder may have gone
    /// since that was looked through.
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

    /// A file that stays where it is until this is closed.
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

        /// All files of the build-id, open as long as this is.
        public HeldFiles held() {
            return held;
        }

        /// @throws IOException where the bytes proved since to have changed on the disk
        public void requireSound() throws IOException {
            if (held.isDamaged()) {
                throw new IOException("the file proved to be damaged while it was read");
            }
        }

        @Override
        public void close() {
            held.close();
        }
    }
}
