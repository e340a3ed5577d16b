package dev.stackmapd.artifact;

import dev.stackmapd.artifact.disk.ArtifactKind;
import dev.stackmapd.artifact.disk.ArtifactStore;
import dev.stackmapd.artifact.disk.HeldArtifact;
import dev.stackmapd.artifact.disk.Lease;
import dev.stackmapd.artifact.upstream.Answer;
import dev.stackmapd.artifact.upstream.DebuginfodUpstreams;
import dev.stackmapd.artifact.upstream.FetchReport;
import dev.stackmapd.artifact.upstream.Via;
import dev.stackmapd.artifact.upstream.Waiting;
import dev.stackmapd.artifact.upstream.Wanted;
import dev.stackmapd.elfcore.elf.BuildId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every way to the files of a build-id: the operator's folders, the store, the upstreams. Thread-safe.
///
/// A build-id may be given as the kernel pads it ([BuildId#matches]).
public final class Artifacts {
    private static final Logger LOG = LoggerFactory.getLogger(Artifacts.class);

    /// Fetches that run or wait without anybody waiting for them; beyond, what is wanted is wanted again later.
    private static final int MAX_BACKGROUND = 1_000;

    private final DirectoryArtifacts directories;
    private final ArtifactStore store;
    private final DebuginfodUpstreams upstreams;
    private final Set<Wanted> underWay = ConcurrentHashMap.newKeySet();
    private final List<Consumer<BuildId>> listeners = new CopyOnWriteArrayList<>();

    public Artifacts(DirectoryArtifacts directories, ArtifactStore store, DebuginfodUpstreams upstreams) {
        this.directories = directories;
        this.store = store;
        this.upstreams = upstreams;
    }

    /// Has somebody told of each build-id whose files, or chances of having any, may have changed. Called on
    /// threads of all kinds; must not wait.
    public void listen(Consumer<BuildId> listener) {
        listeners.add(listener);
    }

    /// Tells all who listen.
    void changed(BuildId buildId) {
        listeners.forEach(listener -> listener.accept(buildId));
    }

    /// What is on this host, to be closed by the caller.
    public HeldFiles held(BuildId buildId) {
        List<Artifact> files = new ArrayList<>();
        List<Artifact.Binary> packages = new ArrayList<>();
        List<Lease> leases = new ArrayList<>();
        for (ArtifactKind kind : ArtifactKind.values()) {
            for (Lease lease : lease(buildId, kind).stream().toList()) {
                leases.add(lease);
                if (kind == ArtifactKind.PACKAGE) {
                    packages.add(lease.binary());
                } else {
                    files.add(lease.binary());
                }
            }
        }
        // A file of the store was sent on purpose: it goes before an equally good one of a folder.
        files.addAll(directories.find(buildId));
        files.sort(Comparator.comparingInt(Artifact::rank));
        return new HeldFiles(files, packages, leases);
    }

    private Optional<Lease> lease(BuildId buildId, ArtifactKind kind) {
        try {
            return store.lease(buildId, kind);
        } catch (IOException e) {
            LOG.warn("the {} file of {} cannot be read", kind.text(), buildId, e);
            return Optional.empty();
        }
    }

    /// Folders that paths in debug information may lead into.
    public List<Path> folders() {
        return directories.folders();
    }

    /// Where `.build-id` trees would have a build-id, which is asked at every look-up.
    public List<Path> treePaths(BuildId buildId) {
        return directories.treePaths(buildId);
    }

    /// Of the operator's folders. For the server only: they have paths.
    public List<Artifact> inFolders(BuildId buildId) {
        return directories.find(buildId);
    }

    /// Of the store.
    public List<HeldArtifact> stored(BuildId buildId) {
        return store.held(buildId);
    }

    /// What all upstreams last said of a build-id, in whatever form they were asked for it.
    public List<UpstreamAnswer> answers(BuildId buildId) {
        List<UpstreamAnswer> answers = new ArrayList<>();
        for (BuildId form : buildId.forms()) {
            for (Wanted.Kind kind : Wanted.Kind.values()) {
                for (Answer answer : upstreams.answers(new Wanted(form, kind))) {
                    answers.add(UpstreamAnswer.of(kind, answer));
                }
            }
        }
        return answers;
    }

    /// Returns the file's own build-id if a file is here that says it, else the one that is given. Upstreams are
    /// asked for this one: they know nothing of zeros that the kernel puts behind it.
    public BuildId ownBuildId(BuildId buildId) {
        Stream<BuildId> stored = store.held(buildId).stream()
                .filter(file -> file.kind() != ArtifactKind.PACKAGE) // it need not have one
                .map(HeldArtifact::buildId);
        return stored.findFirst()
                .or(() -> directories.find(buildId).stream()
                        .map(Artifact::buildId)
                        .findFirst())
                .orElse(buildId);
    }

    /// Whether there is code of it here, and something that may name it. Counts as no use of these files.
    public boolean isNameable(BuildId buildId) {
        boolean code = false;
        boolean names = false;
        for (HeldArtifact file : store.held(buildId)) {
            code |= file.code() == Artifact.Code.PRESENT;
            names |= file.quality().symbols() != Artifact.Symbols.NONE;
        }
        for (Artifact file : directories.find(buildId)) {
            if (file instanceof Artifact.Binary binary) {
                code |= binary.code() == Artifact.Code.PRESENT;
                names |= binary.symbols() != Artifact.Symbols.NONE;
            }
        }
        return code && names;
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
    boolean remove(BuildId buildId, ArtifactKind kind) {
        try {
            boolean removed = store.remove(buildId, kind);
            changed(buildId);
            return removed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether upstreams may still give something.
    public enum Prospect {
        /// They are being asked; who listens is told when they have answered.
        PENDING,
        /// They have all said no, and are not asked again for a while; or there are none.
        NONE
    }

    /// Has upstreams asked in the background for what is not here, unless they were lately. Does not wait.
    public Prospect want(BuildId buildId, Set<Wanted.Kind> kinds) {
        Prospect prospect = Prospect.NONE;
        BuildId own = ownBuildId(buildId);
        for (Wanted.Kind kind : kinds) {
            if (!isHeld(own, kind) && want(new Wanted(own, kind)) == Prospect.PENDING) {
                prospect = Prospect.PENDING;
            }
        }
        return prospect;
    }

    /// Whether a fetch would bring what is here: the file was fetched or sent, or a folder has one as good.
    private boolean isHeld(BuildId buildId, Wanted.Kind kind) {
        return store.held(buildId).stream().anyMatch(file -> file.kind() == ArtifactIntake.kind(kind))
                || directories.find(buildId).stream()
                        .anyMatch(file -> file instanceof Artifact.Binary binary && fits(binary, kind));
    }

    private Prospect want(Wanted wanted) {
        if (underWay.size() >= MAX_BACKGROUND || !underWay.add(wanted)) {
            return Prospect.PENDING;
        }
        Waiting waiting = upstreams.join(wanted, Via.NOBODY);
        if (isRefused(waiting)) {
            waiting.close();
            underWay.remove(wanted);
            return Prospect.NONE;
        }
        Thread.ofVirtual().name("want-" + wanted.buildId()).start(() -> await(wanted, waiting));
        return Prospect.PENDING;
    }

    /// A fetch that was over before anybody could wait for it may have brought the file all the same.
    private static boolean isRefused(Waiting waiting) {
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
    private void await(Wanted wanted, Waiting waiting) {
        try (waiting) {
            waiting.await();
        } catch (InterruptedException | RuntimeException e) {
            LOG.warn("the fetch of {} broke", wanted, e);
        } finally {
            underWay.remove(wanted);
            changed(wanted.buildId());
        }
    }

    /// The best file on this host for a kind of request, fetched if need be, which is waited for.
    ///
    /// @param via who asks
    /// @return to be closed by the caller; empty where nobody has such a file
    public Optional<Served> serve(BuildId buildId, Wanted.Kind kind, Via via) throws InterruptedException {
        Optional<Served> here = serveHeld(buildId, kind);
        if (here.isPresent()) {
            return here;
        }
        if (upstreams.fetch(new Wanted(ownBuildId(buildId), kind), via).winner().isEmpty()) {
            return Optional.empty();
        }
        changed(buildId);
        return serveHeld(buildId, kind);
    }

    /// Asks upstreams, and waits; what they have is where the intake puts it.
    FetchReport fetch(Wanted wanted, Via via) throws InterruptedException {
        return upstreams.fetch(wanted, via);
    }

    /// The best file on this host for a kind of request.
    ///
    /// @return to be closed by the caller
    public Optional<Served> serveHeld(BuildId buildId, Wanted.Kind kind) {
        HeldFiles held = held(buildId);
        Optional<Artifact.Binary> best = held.files().stream()
                .filter(Artifact.Binary.class::isInstance)
                .map(Artifact.Binary.class::cast)
                .filter(binary -> fits(binary, kind))
                .findFirst();
        if (best.isEmpty()) {
            held.close();
        }
        return best.map(binary -> new Served(binary, held));
    }

    /// As debuginfod servers have it: an executable with debug sections is both. A file of a folder may have gone
    /// since that was looked through.
    private static boolean fits(Artifact.Binary file, Wanted.Kind kind) {
        return has(file, kind) && Files.isRegularFile(file.path());
    }

    private static boolean has(Artifact.Binary file, Wanted.Kind kind) {
        return switch (kind) {
            case EXECUTABLE -> file.code() == Artifact.Code.PRESENT;
            case DEBUGINFO ->
                switch (file.symbols()) {
                    case DEBUG_INFORMATION -> true;
                    case SYMTAB -> file.code() == Artifact.Code.ABSENT;
                    case DYNSYM, NONE -> false;
                };
        };
    }

    /// A file that stays where it is until this is closed.
    public static final class Served implements AutoCloseable {
        private final Artifact.Binary file;
        private final HeldFiles held;

        private Served(Artifact.Binary file, HeldFiles held) {
            this.file = file;
            this.held = held;
        }

        public Artifact.Binary file() {
            return file;
        }

        /// All files of the build-id, open as long as this is.
        HeldFiles held() {
            return held;
        }

        @Override
        public void close() {
            held.close();
        }
    }
}
