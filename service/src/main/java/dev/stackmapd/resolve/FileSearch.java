package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Device;
import dev.stackmapd.resolve.linux.Errno;
import dev.stackmapd.resolve.linux.FailureDomain;
import dev.stackmapd.resolve.linux.FileCalls;
import dev.stackmapd.resolve.linux.FileIdentity;
import dev.stackmapd.resolve.linux.HostFileThreads;
import dev.stackmapd.resolve.linux.MapsInode;
import dev.stackmapd.resolve.linux.PathName;
import dev.stackmapd.resolve.linux.PathWalk;
import dev.stackmapd.resolve.linux.PathWalk.Reader;
import dev.stackmapd.resolve.linux.RootDirectory;
import dev.stackmapd.resolve.linux.StorageFile;
import dev.stackmapd.stack.Frame;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Searches the file of one mapping in its possible locations. Not thread-safe.
///
/// A file is accepted only if its inode is that of the mapping and, when it is found by path, its device
/// too (DEV-18). Only regular files are read. Device and inode are compared in the form that this kernel
/// shows in a maps text: `stat` reports the same numbers on most file systems; where it differs, the
/// kernel is asked ([MapsInode]). A library on btrfs or overlay is therefore found, and a file that
/// replaced it is stale: it has another inode, or lies on another file system.
///
/// No file system has the device `00:00`; some tools print it in maps texts. For such a mapping, only
/// the inode is compared. The device is not compared either if the file is opened through the process's
/// own link, which cannot lead to a wrong file.
///
/// A sender must not learn anything about files and processes that it could not learn without this
/// service. A process *vouches* for a file if it has a file of this name and inode mapped, at any
/// address. In this case, its link is followed, and its path below the process's root, whichever user
/// may read the file. Nothing depends on the addresses in a sender's maps text, so that they cannot be
/// guessed by trial. Without a vouching process, only files that any user of this host may read are
/// considered ([Reader#ANY_USER]); for other paths, the result is the same whether they exist or not.
final class FileSearch {
    static final Resolution NO_PID = unreadable("the sender gave no pid");
    private static final Resolution NO_PATH = unreadable("its name is not a path");
    private static final Resolution NOT_ITS_FILE = unreadable("the process has another file mapped there");
    private static final Resolution NOT_VOUCHED =
            unreadable("the process has no such file mapped, and its root is not that of this service");
    private static final String NEEDS_PTRACE = "another process's files need the same uid or SYS_PTRACE (EACCES)";
    private static final String NEEDS_CHECKPOINT = "the process's link to it needs CHECKPOINT_RESTORE (EPERM)";
    private static final String MAPPING_GONE = "the process has gone or has no such mapping any more (ENOENT)";
    private static final String PROCESS_GONE = "no such process here (ENOENT)";

    private static final Resolution NOT_REGULAR = unreadable("no regular file");

    /// The device in a maps text that contains no devices.
    private static final Device NO_DEVICE = new Device(0, 0);

    private static final RootDirectory OWN_ROOT = new RootDirectory(Path.of("/"));

    /// Which numbers must agree for a file to be accepted.
    private enum Rule {
        DEVICE_AND_INODE,
        INODE
    }

    private final FileCalls calls;
    private final HostFileThreads.TrackedCall call;
    private final HostFiles.Caches caches;
    private final FileMapping mapping;
    private final int pid;
    private final BuildIdProfile profile;
    private final Rule byPath;

    /// @param pid of the process that maps the file, 0 if it is unknown
    FileSearch(
            FileCalls calls,
            HostFileThreads.TrackedCall call,
            HostFiles.Caches caches,
            FileMapping mapping,
            int pid,
            BuildIdProfile profile) {
        this.calls = calls;
        this.call = call;
        this.caches = caches;
        this.mapping = mapping;
        this.pid = pid;
        this.profile = profile;
        this.byPath = mapping.file().device().equals(NO_DEVICE) ? Rule.INODE : Rule.DEVICE_AND_INODE;
    }

    /// Searches through the link and below the root of a process that vouches for the file.
    ///
    /// @param from the origin of the maps text
    /// @param mappings the current mappings of processes
    Resolution ofProcess(ProcessFiles.MappingsOrigin from, LiveMappings mappings) {
        if (pid == 0) {
            return NO_PID;
        }
        Resolution linked = throughMapFiles(mapping);
        if (!is(Frame.Reason.UNREADABLE, linked)) {
            return linked;
        }
        Optional<FileMapping> mapped = switch (from) {
            case READ_HERE -> Optional.of(mapping);
            case SENT -> {
                call.enter(FailureDomain.ofProcess(pid));
                yield mappings.find(pid, mapping);
            }
        };
        return mapped.map(found -> through(found, linked)).orElse(linked);
    }

    /// @param mapped the mapping of the file in the process
    /// @param linked the resolution through the link of the mapping that was sent
    private Resolution through(FileMapping mapped, Resolution linked) {
        Resolution relinked = mapped.equals(mapping) ? linked : linked.orElse(() -> throughMapFiles(mapped));
        return relinked.orElse(this::belowRoot);
    }

    private Resolution throughMapFiles(FileMapping mapped) {
        call.enter(FailureDomain.ofProcess(pid));
        int pinned = calls.pin(ascii("/proc/%d/map_files/%x-%x".formatted(pid, mapped.start(), mapped.end())));
        if (pinned < 0) {
            return refusedLink(-pinned);
        }
        try {
            if (!mapping.isCalled(StorageFile.pathOf(calls, pinned))) {
                return NOT_ITS_FILE;
            }
            int looked = look(pinned);
            Resolution linked = looked < 0 ? unreadable(Errno.describe(-looked)) : accept(pinned, Rule.INODE);
            return is(Frame.Reason.STALE_FILE, linked) ? NOT_ITS_FILE : linked;
        } finally {
            calls.release(pinned);
        }
    }

    /// Reads the status that the kernel has cached, to learn the failure domain, then the status of the
    /// file itself.
    private int look(int pinned) {
        int remembered = calls.rememberedStatus(pinned);
        if (remembered < 0) {
            return remembered;
        }
        call.enter(FailureDomain.ofFileSystem(calls.device()));
        return calls.status(pinned);
    }

    private Resolution belowRoot() {
        call.enter(FailureDomain.ofProcess(pid));
        int root = calls.pin(ascii("/proc/%d/root".formatted(pid)));
        if (root < 0) {
            return refusedRoot(-root);
        }
        try {
            return below(root, Reader.ENTITLED);
        } finally {
            calls.release(root);
        }
    }

    /// Searches below the root of the process, which is known by its pid and does not vouch for the
    /// file. It must be the root of this service too, because other users may not follow the link to
    /// another root.
    Resolution belowSharedRoot() {
        call.enter(FailureDomain.ofProcess(pid));
        int root = calls.pin(ascii("/proc/%d/root".formatted(pid)));
        if (root < 0) {
            return refusedRoot(-root);
        }
        try {
            return isOwnRoot(root) ? below(root, Reader.ANY_USER) : NOT_VOUCHED;
        } finally {
            calls.release(root);
        }
    }

    private boolean isOwnRoot(int root) {
        int own = OWN_ROOT.pin(calls);
        if (own < 0 || calls.rememberedStatus(own) < 0) {
            return false;
        }
        Device device = calls.device();
        long inode = calls.inode();
        long mount = calls.mount();
        return calls.rememberedStatus(root) >= 0
                && calls.device().equals(device)
                && calls.inode() == inode
                && calls.mount() == mount;
    }

    /// Searches below several roots.
    ///
    /// @param roots at least one
    Resolution below(List<RootDirectory> roots, Reader reader) {
        Resolution best = below(roots.getFirst(), reader);
        for (RootDirectory root : roots.subList(1, roots.size())) {
            best = best.orElse(() -> below(root, reader));
        }
        return best;
    }

    private Resolution below(RootDirectory root, Reader reader) {
        call.enter(root.failureDomain());
        int directory = root.pin(calls);
        return directory < 0
                ? unreadable("a configured root: " + Errno.describe(-directory))
                : below(directory, reader);
    }

    /// Tries the name with each `\012` as a newline, then the verbatim name, because a file may really
    /// contain these characters (PMX-08). The suffix ` (deleted)` is never stripped, because the name
    /// without it would be another file (PMX-09).
    private Resolution below(int directory, Reader reader) {
        byte[] path = mapping.path().toBytes();
        if (path.length == 0 || path[0] != '/') {
            return NO_PATH;
        }
        Resolution unescaped = at(directory, path, reader);
        return mapping.path().equals(mapping.file().name())
                ? unescaped
                : unescaped.orElse(() -> at(directory, mapping.file().name().toBytes(), reader));
    }

    private Resolution at(int directory, byte[] path, Reader reader) {
        int pinned = new PathWalk(calls, call, reader).down(directory, path);
        if (pinned < 0) {
            return unreadable(StorageFile.refusal(pinned));
        }
        try {
            return accept(pinned, byPath);
        } finally {
            calls.release(pinned);
        }
    }

    /// @param pinned a file whose status [FileCalls] has read last
    private Resolution accept(int pinned, Rule rule) {
        FileIdentity identity = calls.identity();
        boolean regular = calls.regular();
        MapsInode stat = new MapsInode(identity.device(), identity.inode());
        MapsInode shown = agrees(stat, rule) || !regular ? stat : shown(pinned).orElse(stat);
        if (!agrees(shown, rule)) {
            return stale(shown);
        }
        return regular ? read(pinned, identity) : NOT_REGULAR;
    }

    private Resolution read(int pinned, FileIdentity identity) {
        Resolution read = caches.buildIds()
                .buildIdOf(calls, pinned, identity, mapping.file().name(), profile);
        if (read instanceof Resolution.Found found && !StorageFile.isOfFuse(calls, pinned)) {
            PathName path = StorageFile.pathOf(calls, pinned);
            caches.opened().add(found.buildId(), new BinaryLocations.Location(identity, path, pid, mapping));
        }
        return read;
    }

    private boolean agrees(MapsInode file, Rule rule) {
        return file.inode() == mapping.file().inode()
                && switch (rule) {
                    case DEVICE_AND_INODE -> file.device().equals(mapping.file().device());
                    case INODE -> true;
                };
    }

    private Optional<MapsInode> shown(int pinned) {
        int descriptor = StorageFile.open(calls, pinned);
        if (descriptor < 0) {
            return Optional.empty();
        }
        try {
            return MapsInode.of(calls, descriptor);
        } finally {
            calls.release(descriptor);
        }
    }

    private Resolution stale(MapsInode file) {
        MappedFile mapped = mapping.file();
        String detail = file.inode() == mapped.inode()
                ? "a file of this inode is there, but on device %s, not %s".formatted(file.device(), mapped.device())
                : "another file is there now: inode %s, not %s"
                        .formatted(Long.toUnsignedString(file.inode()), Long.toUnsignedString(mapped.inode()));
        return new Resolution.Missing(Frame.Reason.STALE_FILE, detail);
    }

    private static boolean is(Frame.Reason reason, Resolution resolution) {
        return resolution instanceof Resolution.Missing missing && missing.reason() == reason;
    }

    private static Resolution refusedLink(int errno) {
        if (errno == Errno.EPERM.number()) {
            return unreadable(NEEDS_CHECKPOINT);
        }
        return errno == Errno.ENOENT.number() ? unreadable(MAPPING_GONE) : refused(errno);
    }

    private static Resolution refusedRoot(int errno) {
        return errno == Errno.ENOENT.number() ? unreadable(PROCESS_GONE) : refused(errno);
    }

    private static Resolution refused(int errno) {
        return unreadable(errno == Errno.EACCES.number() ? NEEDS_PTRACE : Errno.describe(errno));
    }

    private static Resolution unreadable(String detail) {
        return new Resolution.Missing(Frame.Reason.UNREADABLE, detail);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
