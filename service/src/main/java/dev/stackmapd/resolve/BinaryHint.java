package dev.stackmapd.resolve;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.process.Device;

/// What the sender of a batch says of one mapped file.
public record BinaryHint(Target target, Claim claim) {
    public BinaryHint {
        requireNonNull(target, "target");
        requireNonNull(claim, "claim");
    }

    /// Which file is meant.
    public sealed interface Target {

        /// The mappings of this device and inode, whatever their paths.
        ///
        /// @param inode unsigned 64-bit
        record File(Device device, long inode) implements Target {
            public File {
                requireNonNull(device, "device");
            }
        }

        /// The one file that the maps give this path, with or without ` (deleted)` behind it. Where they give it to
        /// two, as after a library was replaced, nothing says which is meant, and the hint counts for neither.
        record Path(PathName name) implements Target {
            public Path {
                requireNonNull(name, "name");
            }
        }
    }

    /// What is known of it.
    public sealed interface Claim {

        record Known(BuildId buildId) implements Claim {
            public Known {
                requireNonNull(buildId, "buildId");
            }
        }

        /// @param bytes of the file, from offset 0 at least to the end of its notes; read by one thread at a time
        record Head(RandomAccessBytes bytes) implements Claim {
            public Head {
                requireNonNull(bytes, "bytes");
            }
        }
    }
}
