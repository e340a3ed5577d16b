package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.process.Vma;
import dev.stackmapd.stack.Frame;
import java.util.Arrays;
import java.util.List;

/// Looks for the file of one mapping in the places where it may be. For one thread.
///
/// A file is trusted only if it has the inode of the mapping, and by a path only if it has the device too (DEV-18);
/// then it is read only if it is a regular one. On btrfs and overlay the maps text may give another device than `stat`
/// for the same file (PMX-04), and inodes of two devices may be equal by chance, so such a file is taken only through
/// the process's own link to it, which cannot name a wrong one.
final class FileSearch {
    private static final Resolution NO_PID = unreadable("the sender gave no pid");
    private static final Resolution NO_PATH = unreadable("its name is not a path");
    private static final String NEEDS_PTRACE = "another process's files need the same uid or SYS_PTRACE (EACCES)";
    private static final String NEEDS_CHECKPOINT = "the process's link to it needs CHECKPOINT_RESTORE (EPERM)";
    private static final String MAPPING_GONE = "the process has gone or has no such mapping any more (ENOENT)";
    private static final String PROCESS_GONE = "no such process here (ENOENT)";

    /// Whether a device that differs tells files apart.
    private enum DeviceRule {
        MUST_AGREE,
        MAY_DIFFER
    }

    private final FileCalls calls;
    private final FileBuildIds buildIds;
    private final Vma vma;
    private final BuildIdProfile profile;

    FileSearch(FileCalls calls, FileBuildIds buildIds, Vma vma, BuildIdProfile profile) {
        this.calls = calls;
        this.buildIds = buildIds;
        this.vma = vma;
        this.profile = profile;
    }

    Resolution throughMapFiles(int pid) {
        if (pid == 0) {
            return NO_PID;
        }
        int pinned = calls.pin(ascii("/proc/%d/map_files/%x-%x".formatted(pid, vma.start(), vma.end())));
        return pinned < 0 ? refusedLink(-pinned) : accept(pinned, DeviceRule.MAY_DIFFER);
    }

    Resolution belowRootOf(int pid) {
        if (pid == 0) {
            return NO_PID;
        }
        int root = calls.pin(ascii("/proc/%d/root".formatted(pid)));
        if (root < 0) {
            return refusedRoot(-root);
        }
        try {
            return below(root);
        } finally {
            calls.release(root);
        }
    }

    /// @param roots at least one
    Resolution below(List<RootDirectory> roots) {
        Resolution best = below(roots.getFirst());
        for (RootDirectory root : roots.subList(1, roots.size())) {
            best = best.orElse(() -> below(root));
        }
        return best;
    }

    private Resolution below(RootDirectory root) {
        int directory = root.pin(calls);
        return directory < 0 ? unreadable("a configured root: " + Errno.describe(-directory)) : below(directory);
    }

    /// Tries the name with each `\012` as a newline, then as it stands: a file may truly be called so (PMX-08). A name
    /// that ends in ` (deleted)` is tried as it stands, never without: without, it would be another file (PMX-09).
    private Resolution below(int directory) {
        byte[] path = vma.unescapedPathBytes();
        if (path.length == 0 || path[0] != '/') {
            return NO_PATH;
        }
        Resolution unescaped = at(directory, path);
        byte[] verbatim = vma.pathBytes();
        return Arrays.equals(path, verbatim) ? unescaped : unescaped.orElse(() -> at(directory, verbatim));
    }

    private Resolution at(int directory, byte[] path) {
        int pinned = calls.pinBeneath(directory, path);
        return pinned < 0 ? unreadable(Errno.describe(-pinned)) : accept(pinned, DeviceRule.MUST_AGREE);
    }

    private Resolution accept(int pinned, DeviceRule rule) {
        try {
            int status = calls.status(pinned);
            return status < 0 ? unreadable(Errno.describe(-status)) : accept(pinned, calls.identity(), rule);
        } finally {
            calls.release(pinned);
        }
    }

    private Resolution accept(int pinned, FileIdentity identity, DeviceRule rule) {
        if (identity.inode() != vma.inode()) {
            return new Resolution.Missing(
                    Frame.Reason.STALE_FILE,
                    "another file is there now: inode %s, not %s"
                            .formatted(Long.toUnsignedString(identity.inode()), Long.toUnsignedString(vma.inode())));
        }
        if (rule == DeviceRule.MUST_AGREE && !identity.device().equals(vma.device())) {
            return new Resolution.Missing(
                    Frame.Reason.STALE_FILE,
                    "a file of this inode is there, but on device %s, not %s"
                            .formatted(identity.device(), vma.device()));
        }
        return calls.regular() ? buildIds.buildIdOf(calls, pinned, identity, profile) : unreadable("no regular file");
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
