package dev.stackmapd.stack;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.Comparator;

/// The origin of the number in a frame. Every frame but a raw one consists of a base and a number: an
/// offset in a file, an offset from a kernel's text, or a line of a function. Many frames share a base,
/// so its bytes and texts are stored once.
///
/// Bases are keys of hash tables, and senders choose them. Each form is comparable, so that a hash table
/// whose keys all have the same hash is searched as a tree.
public sealed interface FrameBase {

    /// The first byte of a file.
    record File(BuildId buildId) implements FrameBase, Comparable<File> {
        public File {
            requireNonNull(buildId, "buildId");
        }

        @Override
        public Frame frame(long number) {
            return new Frame.InFile(buildId, new FileOffset(number));
        }

        @Override
        public FrameBase unpadded() {
            BuildId unpadded = buildId.unpadded();
            return unpadded.equals(buildId) ? this : new File(unpadded);
        }

        @Override
        public int compareTo(File other) {
            return buildId.compareTo(other.buildId);
        }
    }

    /// The start of the text of a kernel or of one of its modules.
    ///
    /// @param buildId a GNU build-id
    record Kernel(BuildId buildId) implements FrameBase, Comparable<Kernel> {
        public Kernel {
            if (buildId.kind() != BuildId.Kind.GNU) {
                throw new IllegalArgumentException("a kernel has a GNU build-id, not " + buildId);
            }
        }

        @Override
        public Frame frame(long number) {
            return new Frame.InKernel(buildId, number);
        }

        @Override
        public FrameBase unpadded() {
            BuildId unpadded = buildId.unpadded();
            return unpadded.equals(buildId) ? this : new Kernel(unpadded);
        }

        @Override
        public int compareTo(Kernel other) {
            return buildId.compareTo(other.buildId);
        }
    }

    /// A function whose name the sender gave.
    ///
    /// @param type of the frame, as in [Frame.Named]
    /// @param file empty if the sender gave none
    record Function(String type, String name, String file) implements FrameBase, Comparable<Function> {
        private static final Comparator<Function> ORDER = Comparator.comparing(Function::name)
                .thenComparing(Function::file)
                .thenComparing(Function::type);

        public Function {
            requireNonNull(type, "type");
            requireNonNull(name, "name");
            requireNonNull(file, "file");
        }

        @Override
        public Frame frame(long number) {
            return new Frame.Named(type, name, file, (int) number);
        }

        @Override
        public FrameBase unpadded() {
            return this;
        }

        @Override
        public int compareTo(Function other) {
            return ORDER.compare(this, other);
        }
    }

    /// Returns the frame with this base.
    ///
    /// @param number an unsigned offset; for a function the line
    Frame frame(long number);

    /// Returns the same base with its GNU build-id in the form of [BuildId#unpadded].
    FrameBase unpadded();
}
