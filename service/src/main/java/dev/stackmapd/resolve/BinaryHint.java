package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.process.Device;
import dev.stackmapd.resolve.linux.PathName;

/// What the sender of a batch states about one mapped file.
public record BinaryHint(Target target, Identification identification) {
    public BinaryHint {
        requireNonNull(target, "target");
        requireNonNull(identification, "identification");
    }

    /// Identifies the mapped file. A target that matches two mapped files is ambiguous and selects
    /// neither.
    ///
    /// A path is compared with the names in the maps text verbatim, then with the unescaped names
    /// (`\012`, PMX-08), then without the suffix ` (deleted)` on both sides (PMX-09). The first
    /// comparison that finds a file decides.
    public sealed interface Target {

        /// The mapped file of this path, if the sender knows no inode.
        record Path(PathName name) implements Target {
            public Path {
                requireNonNull(name, "name");
            }
        }

        /// The mapped file of this path and inode.
        ///
        /// @param inode unsigned 64-bit
        record PathAndInode(PathName name, long inode) implements Target {
            public PathAndInode {
                requireNonNull(name, "name");
            }
        }

        /// The mapped file of this path, inode and device. If there is none, the file of this path and
        /// inode on another device: `stat` and the maps text differ in the device on btrfs and overlay
        /// (PMX-04), and some tools print `00:00`.
        record File(MappedFile file) implements Target {
            public File {
                requireNonNull(file, "file");
            }
        }

        /// The mapped file of this device and inode, if the sender knows no path.
        ///
        /// @param inode unsigned 64-bit
        record Inode(Device device, long inode) implements Target {
            public Inode {
                requireNonNull(device, "device");
            }
        }
    }

    /// How the sender identifies the contents of the file.
    public sealed interface Identification {

        record Known(BuildId buildId) implements Identification {
            public Known {
                requireNonNull(buildId, "buildId");
            }
        }

        /// The beginning of the file.
        ///
        /// @param bytes of the file, from offset 0 at least to the end of its notes; read by one thread
        ///     at a time
        record Head(RandomAccessBytes bytes) implements Identification {
            public Head {
                requireNonNull(bytes, "bytes");
            }
        }
    }
}
