package dev.stackmapd.elfcore.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Tests bytes in a scratch file: they can be read again, and a full disk is a defined error.
class ScratchBytesTest {

    /// Scratch space of a fixed size that counts its open files.
    private static final class Disk implements ScratchSpace {
        private final AtomicInteger open = new AtomicInteger();
        private long free;

        Disk(long free) {
            this.free = free;
        }

        @Override
        public ScratchFile create() throws IOException {
            ScratchFile file = ScratchSpace.TEMPORARY.create();
            open.incrementAndGet();
            return new ScratchFile() {
                @Override
                public FileChannel channel() {
                    return file.channel();
                }

                @Override
                public boolean reserve(long bytes) {
                    free -= bytes;
                    return free >= 0;
                }

                @Override
                public void close() {
                    file.close();
                    open.decrementAndGet();
                }
            };
        }
    }

    @Test
    void whatWasOverwrittenInAnyOrderComesBackSeed5() throws Exception {
        byte[] expected = new byte[20_000];
        Random random = new Random(5);
        random.nextBytes(expected);
        Disk disk = new Disk(Long.MAX_VALUE);
        try (ScratchBytes bytes = new ScratchBytes("scratch", expected.length, disk)) {
            bytes.append(ByteBuffer.wrap(expected, 0, 7_000));
            bytes.append(ByteBuffer.wrap(expected, 7_000, 13_000));
            for (int i = 0; i < 2_000; i++) {
                byte[] value = new byte[1 + random.nextInt(10)];
                random.nextBytes(value);
                int at = random.nextInt(expected.length - value.length + 1);
                assertThat(bytes.overwrite(at, value)).isTrue();
                System.arraycopy(value, 0, expected, at, value.length);
                int from = random.nextInt(expected.length - 8);
                assertThat(bytes.copyOf(from, 8)).isEqualTo(Arrays.copyOfRange(expected, from, from + 8));
            }
            try (MappedBytes finished = bytes.finish()) {
                assertThat(contents(finished)).isEqualTo(expected);
            }
        }
        assertThat(disk.open).hasValue(0);
    }

    @Test
    void nothingOutsideIsReadOrChanged() throws Exception {
        try (ScratchBytes bytes = new ScratchBytes("scratch", 100, new Disk(100))) {
            bytes.append(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            assertThat(bytes.overwrite(1, new byte[4])).isFalse();
            assertThat(bytes.overwrite(-1, new byte[1])).isFalse();
            assertThat(bytes.overwrite(Long.MAX_VALUE, new byte[1])).isFalse();
            assertThat(bytes.copyOf(3, 2)).isEmpty();
            assertThat(bytes.copyOf(-1, 1)).isEmpty();
            try (MappedBytes finished = bytes.finish()) {
                assertThat(contents(finished)).containsExactly(1, 2, 3, 4);
            }
        }
    }

    @Test
    void noBytesNeedNoFile() throws Exception {
        Disk disk = new Disk(0);
        try (ScratchBytes bytes = new ScratchBytes("scratch", 0, disk)) {
            assertThat(bytes.finish().size()).isZero();
        }
        assertThat(disk.open).hasValue(0);
    }

    @Test
    void theLimitAndTheDiskAreReasons() throws Exception {
        Disk disk = new Disk(8);
        try (ScratchBytes bytes = new ScratchBytes("app .debug_info", 10, disk)) {
            bytes.append(ByteBuffer.wrap(new byte[8]));
            assertThat(refusal(bytes, 3)).isEqualTo("more than 10 bytes after decompression");
            assertThat(refusal(bytes, 1)).isEqualTo("there is no disk space for more than 8 bytes after decompression");
            assertThat(bytes.filled()).isEqualTo(8);
        }
        assertThat(disk.open).hasValue(0);
    }

    /// The message of the I/O error may have a path, so it is not passed on.
    @Test
    void anErrorOfTheFileSystemIsAReasonToo() throws Exception {
        ScratchSpace broken = () -> {
            throw new IOException("/secret/folder: Read-only file system");
        };
        try (ScratchBytes bytes = new ScratchBytes("app .debug_info", 10, broken)) {
            assertThat(refusal(bytes, 1)).isEqualTo("its decompressed bytes cannot be written to disk");
        }
        try (ScratchBytes bytes = new ScratchBytes("app .debug_info", 10, () -> {
            ScratchSpace.ScratchFile file = ScratchSpace.TEMPORARY.create();
            file.close();
            return file;
        })) {
            assertThat(refusal(bytes, 1)).isEqualTo("its decompressed bytes cannot be written to disk");
        }
    }

    /// Bytes that were produced before the disk was full can be read.
    @Test
    void aFullDiskLeavesWhatCameBeforeIt() throws Exception {
        Disk disk = new Disk(600_000);
        long size = 1L << 36;
        try (ProducedBytes produced = new ProducedBytes("app .debug_info inflated", size, size, new Counting(), disk)) {
            assertThat(disk.open).as("before anything is read").hasValue(0);
            Cursor at = produced.extent(ByteOrder.LITTLE_ENDIAN).cursor();
            assertThat(at.u8("first")).isZero();
            at.moveTo(500_000, "inside");
            assertThat(at.u8("inside")).isEqualTo(500_000 & 0xff);
            at.moveTo(size - 1, "end");
            assertThat(catchThrowableOfType(OverLimitException.class, () -> at.u8("end"))
                            .reason())
                    .startsWith("there is no disk space for more than ");
            at.moveTo(499_999, "inside");
            assertThat(at.u8("inside")).isEqualTo(499_999 & 0xff);
        }
        assertThat(disk.open).hasValue(0);
    }

    @Test
    void chunksUpToTheLimitAreMade() throws Exception {
        long limit = 3 << 18;
        try (ProducedBytes produced =
                new ProducedBytes("app .debug_info", 1 << 20, limit, new Counting(), ScratchSpace.TEMPORARY)) {
            Cursor at = produced.extent(ByteOrder.LITTLE_ENDIAN).cursor();
            at.moveTo(limit - 1, "last");
            assertThat(at.u8("last")).isEqualTo((int) (limit - 1) & 0xff);
            assertThat(catchThrowableOfType(OverLimitException.class, () -> at.u8("beyond"))
                            .reason())
                    .isEqualTo("more than 786432 bytes after decompression and relocation");
        }
    }

    /// Each byte is the low part of its position.
    private static final class Counting implements ByteProducer {
        private int next;

        @Override
        public void produce(ByteBuffer room) {
            while (room.hasRemaining()) {
                room.put((byte) next++);
            }
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }

    private static String refusal(ScratchBytes bytes, int length) {
        return catchThrowableOfType(OverLimitException.class, () -> bytes.append(ByteBuffer.wrap(new byte[length])))
                .reason();
    }

    private static byte[] contents(MappedBytes bytes) throws MalformedBinaryException {
        return bytes.cursor(0, bytes.size(), ByteOrder.LITTLE_ENDIAN, "all").take((int) bytes.size(), "all");
    }
}
