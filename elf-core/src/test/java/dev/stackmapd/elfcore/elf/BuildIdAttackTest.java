package dev.stackmapd.elfcore.elf;

import static dev.stackmapd.fixtures.ElfBuilder.elf64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.FileBytes;
import dev.stackmapd.elfcore.bytes.ParseLimits;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildIdSearch.Cause;
import dev.stackmapd.elfcore.elf.BuildIdSearch.Found;
import dev.stackmapd.elfcore.elf.BuildIdSearch.Missing;
import dev.stackmapd.fixtures.HeaderField;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The attacks that the appendix of `service/KERNEL-RULES.md` numbers, against both profiles.
@Timeout(60)
class BuildIdAttackTest {
    private static final int AT = 0x200;
    private static final RawNote N = RawNote.buildIdOf(20);
    private static final BuildId ID = BuildId.of(RawNote.countingBytes(20));
    private static final long[] EXTREMES = {
        0,
        1,
        15,
        16,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_fffcL,
        0xffff_ffffL,
        1L << 32,
        Long.MAX_VALUE - 15,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -64,
        -16,
        -1
    };

    @ParameterizedTest
    @EnumSource
    void attack1SizesNearTheTopOf32BitsNeitherLoopNorGoBack(BuildIdProfile profile) throws IOException {
        for (long name : EXTREMES) {
            for (long desc : EXTREMES) {
                RawNote lying = RawNote.note("Xen", 3).withNameSize(name).withDescSize(desc);
                assertThat(search(profile, elf64().noteSegment(AT, lying, N).build()))
                        .satisfiesAnyOf(
                                s -> assertThat(s).isEqualTo(new Found(ID)),
                                s -> assertThat(s).isInstanceOf(Missing.class));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void attack2EmptyNotesAdvance(BuildIdProfile profile) throws IOException {
        byte[] zeros = elf64().segment(RawSegment.note(AT, 100_000))
                .length(AT + 100_000)
                .build();
        assertThat(cause(search(profile, zeros))).isIn(Cause.NO_NOTE, Cause.BAD_NOTE);
    }

    @ParameterizedTest
    @EnumSource
    void attack3SumsThatWrapOrLeaveTheFile(BuildIdProfile profile) throws IOException {
        for (long offset : EXTREMES) {
            for (long size : EXTREMES) {
                byte[] lie = elf64().segment(RawSegment.note(offset, size)).build();
                byte[] lieThenGood = elf64().segment(RawSegment.note(offset, size))
                        .noteSegment(AT, N)
                        .build();
                assertThat(search(profile, lie)).isInstanceOf(Missing.class);
                assertThat(search(profile, lieThenGood)).isEqualTo(new Found(ID));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void attack4WorkIsBoundedOverAllHeaders(BuildIdProfile profile) throws IOException {
        byte[] head = elf64().segments(300, RawSegment.note(0x8000, 0xf000_0000L))
                .header(HeaderField.E_PHNUM, 0xffff)
                .build();
        ParseLimits small = new ParseLimits(1 << 16, 10, 10, 10, 10);
        ZerosBehind source = new ZerosBehind(head, 1L << 34);
        BuildIdSearch search = new BuildIdReader(profile, small).read(source);
        assertThat(search).isInstanceOfSatisfying(Missing.class, missing -> {
            assertThat(missing.cause()).isEqualTo(Cause.BAD_NOTE);
            assertThat(missing.detail()).contains("65536 bytes of notes");
            assertThat(missing.offset()).isBetween(0x8000L, 0x8000L + (1 << 16));
        });
        assertThat(source.bytesRead).isLessThan(4 << 20);
    }

    @ParameterizedTest
    @EnumSource
    void attack5TableOutsideTheFile(BuildIdProfile profile) throws IOException {
        for (long offset : new long[] {0x10000, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            byte[] file = elf64().noteSegment(AT, N)
                    .header(HeaderField.E_PHOFF, offset)
                    .build();
            assertThat(search(profile, file)).isInstanceOfSatisfying(Missing.class, missing -> {
                assertThat(missing.cause()).isEqualTo(Cause.TRUNCATED);
                assertThat(missing.offset()).isEqualTo(offset);
            });
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_123})
    void attack6BytesThatChangeBetweenReads(long seed) throws IOException {
        byte[] file = elf64().programHeadersAt(0x2000)
                .noteSegment(0x5000, RawNote.note("Xen", 3), N)
                .build();
        Random random = new Random(seed);
        RandomAccessBytes restless = new Restless(file, random);
        for (int i = 0; i < 5_000; i++) {
            for (BuildIdProfile profile : BuildIdProfile.values()) {
                assertThat(new BuildIdReader(profile, ParseLimits.DEFAULT).read(restless))
                        .isNotNull();
            }
        }
    }

    @Test
    void attack7LongDescriptorsNeverBecomeKernelIds() throws IOException {
        for (int length = 21; length < 300; length++) {
            byte[] file = elf64().noteSegment(AT, RawNote.buildIdOf(length)).build();
            assertThat(cause(search(BuildIdProfile.KERNEL, file))).isEqualTo(Cause.NO_NOTE);
            if (length > 64) {
                assertThat(cause(search(BuildIdProfile.LENIENT, file))).isEqualTo(Cause.NO_NOTE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void attack8OwnersOtherThanGnu(BuildIdProfile profile) throws IOException {
        for (String owner : new String[] {"Xen", "gnu", "GNV", "Go\0"}) {
            byte[] file = elf64().noteSegment(AT, RawNote.note(owner, 3, new byte[20]))
                    .build();
            assertThat(cause(search(profile, file))).isEqualTo(Cause.NO_NOTE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void attack9NoPrefixGivesHalfAnId(BuildIdProfile profile) throws IOException {
        byte[] file = elf64().noteSegment(AT, N).build();
        for (int cut = 1; cut < AT + 36; cut++) {
            assertThat(search(profile, Arrays.copyOf(file, cut)))
                    .as("first %d bytes", cut)
                    .isInstanceOfSatisfying(Missing.class, missing -> {
                        assertThat(missing.cause()).isEqualTo(Cause.TRUNCATED);
                        assertThat(missing.offset()).isBetween(0L, (long) AT + 35);
                    });
        }
        assertThat(search(profile, file)).isEqualTo(new Found(ID));
    }

    @Test
    void attack10WhatIsNoRegularFileIsNotOpened(@TempDir Path directory) throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        for (Path path : new Path[] {fifo, directory, Path.of("/dev/zero"), Path.of("/dev/null")}) {
            assertThatThrownBy(() -> FileBytes.open(path))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not a regular file");
        }
    }

    @ParameterizedTest
    @EnumSource
    void attack11ANoteAcrossTheEndOfTheWindow(BuildIdProfile profile) throws IOException {
        for (int at = 4096 - 80; at <= 4096 + 4; at++) {
            byte[] file = elf64().noteSegment(at, RawNote.note("Xen", 3, new byte[4]), N)
                    .build();
            assertThat(search(profile, file)).as("notes at %d", at).isEqualTo(new Found(ID));
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyByteOfTheHeadersALie(BuildIdProfile profile) throws IOException {
        byte[] file = elf64().noteSegment(AT, N).build();
        for (int at = 0; at < 64 + 56; at++) {
            for (int lie : new int[] {0, 1, 4, 0x7f, 0x80, 0xff}) {
                byte[] lying = file.clone();
                lying[at] = (byte) lie;
                assertThat(search(profile, lying)).isNotNull();
            }
        }
    }

    @Test
    void nearlyEveryFileCostsOneRead() throws IOException {
        byte[] file = elf64().noteSegment(AT, N).length(1 << 20).build();
        for (BuildIdProfile profile : BuildIdProfile.values()) {
            ZerosBehind source = new ZerosBehind(file, file.length);
            assertThat(new BuildIdReader(profile, ParseLimits.DEFAULT).read(source))
                    .isEqualTo(new Found(ID));
            assertThat(source.reads).isEqualTo(1);
        }
    }

    @Test
    void filesAreReadByPosition(@TempDir Path directory) throws IOException {
        Path path = directory.resolve("far");
        Files.write(
                path, elf64().programHeadersAt(0x3000).noteSegment(0x15000, N).build());
        try (FileBytes bytes = FileBytes.open(path)) {
            BuildIdReader reader = new BuildIdReader(BuildIdProfile.KERNEL, ParseLimits.DEFAULT);
            assertThat(reader.read(bytes)).isEqualTo(new Found(ID));
            assertThat(reader.read(bytes)).isEqualTo(new Found(ID));
            assertThat(bytes.source()).isEqualTo("far");
        }
    }

    private static BuildIdSearch search(BuildIdProfile profile, byte[] file) throws IOException {
        return new BuildIdReader(profile, ParseLimits.DEFAULT).read(new ByteArrayBytes("test", file));
    }

    private static Cause cause(BuildIdSearch search) {
        assertThat(search).isInstanceOf(Missing.class);
        return ((Missing) search).cause();
    }

    /// Has a head, then zeros up to a size that no array has, and counts the bytes that are read.
    private static final class ZerosBehind implements RandomAccessBytes {
        private final byte[] head;
        private final long size;
        private long bytesRead;
        private int reads;

        private ZerosBehind(byte[] head, long size) {
            this.head = head;
            this.size = size;
        }

        @Override
        public String source() {
            return "zeros";
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public int read(long offset, byte[] into, int length) {
            int copied = Math.clamp(size - offset, 0, length);
            Arrays.fill(into, 0, copied, (byte) 0);
            for (int i = 0; i < copied && offset + i < head.length; i++) {
                into[i] = head[(int) (offset + i)];
            }
            bytesRead += copied;
            reads++;
            return copied;
        }
    }

    /// A file that is being rewritten: every read sees some other bytes, and sometimes fewer.
    private static final class Restless implements RandomAccessBytes {
        private final byte[] file;
        private final Random random;

        private Restless(byte[] file, Random random) {
            this.file = file;
            this.random = random;
        }

        @Override
        public String source() {
            return "restless";
        }

        @Override
        public long size() {
            return file.length;
        }

        @Override
        public int read(long offset, byte[] into, int length) {
            int copied = Math.clamp(file.length - offset, 0, length);
            System.arraycopy(file, (int) Math.min(offset, file.length), into, 0, copied);
            for (int changes = random.nextInt(4); changes > 0 && copied > 0; changes--) {
                into[random.nextInt(copied)] = (byte) random.nextInt();
            }
            return random.nextInt(10) == 0 ? random.nextInt(copied + 1) : copied;
        }
    }
}
