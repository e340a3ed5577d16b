package dev.stackmapd.stack;

import static java.util.Objects.requireNonNull;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;

/// What the number in a frame counts from. Every frame but a raw one is a base and a number: an offset in a file, an
/// offset from a kernel's text, or a line of a function. Many frames have one base, so that its bytes and texts are
/// kept once.
public sealed interface FrameBase {

    /// The first byte of a file.
    record File(BuildId buildId) implements FrameBase {
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
    }

    /// The start of the text of a kernel or of one of its modules.
    ///
    /// @param buildId a GNU build-id
    record Kernel(BuildId buildId) implements FrameBase {
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
    }

    /// A function that its sender named.
    ///
    /// @param type of the frame, as in [Frame.Named]
    /// @param file empty where the sender did not say
    record Function(String type, String name, String file) implements FrameBase {
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
    }

    /// Returns the frame with this base.
    ///
    /// @param number an offset, unsigned; of a function a line
    Frame frame(long number);

    /// Returns the same base with its GNU build-id as [BuildId#unpadded] has it.
    FrameBase unpadded();
}
