package dev.stackmapd.stack;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import java.util.Comparator;

/// What the number in a frame counts from. Every frame but a raw one is a base and a number: an offset in a file, an
/// offset from a kernel's text, or a line of a function. Many frames have one base, so that its bytes and texts are
/// kept once.
///
/// Bases are keys of hash tables, and senders choose them: each form has an order of its own, so that a table whose
/// keys
/// all have one hash is searched as a tree.
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

    /// A function that its sender named.
    ///
    /// @param type of the frame, as in [Frame.Named]
    /// @param file empty where the sender did not say
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
    /// @param number an offset, unsigned; of a function a line
    Frame frame(long number);

    /// Returns the same base with its GNU build-id as [BuildId#unpadded] has it.
    FrameBase unpadded();
}
