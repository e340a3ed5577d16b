package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.bytes.RandomAccessBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.BuildIdProfile;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.fixtures.RawSegment;
import dev.stackmapd.process.Device;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.linux.PathName;
import dev.stackmapd.stack.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Which claim of a batch counts for which file, and what is asked after it.
class MappedBinariesTest {
    private static final Device DISK = new Device(0xfe, 0);
    private static final BuildId ID = BuildId.of(new byte[] {1});
    private static final BuildId OTHER = BuildId.of(new byte[] {2});
    private static final BuildId LONG = BuildId.of(RawNote.countingBytes(32));

    @TempDir
    private Path folder;

    @Test
    void deviceAndInodeDecideWhereTheSenderKnowsNoPath() {
        VmaIndex vmas = maps("/a.so", 7, "/b.so", 8);

        assertThat(resolutions(vmas, known(file(8), ID)).get(1)).isEqualTo(new Resolution.Found(ID));
        assertThat(resolutions(vmas, known(file(8), ID)).get(0)).isNotEqualTo(new Resolution.Found(ID));
        assertThat(resolutions(vmas, known(new BinaryHint.Target.Inode(new Device(8, 1), 8), ID)))
                .as("another device")
                .noneMatch(Resolution.Found.class::isInstance);
    }

    /// What the kernel shows of libraries in three subvolumes of one btrfs: see [FileSystemsTest].
    @Test
    void oneInodeUnderThreeNamesIsThreeFiles() {
        VmaIndex vmas = maps("/a/lib.so", 257, "/b/lib.so", 257, "/c/lib.so", 257, "/a/lib.so", 257);
        BuildId third = BuildId.of(new byte[] {3});
        List<Resolution> three = List.of(found(ID), found(OTHER), found(third), found(ID));

        assertThat(resolutions(
                        vmas,
                        known(path("/a/lib.so"), ID),
                        known(path("/b/lib.so"), OTHER),
                        known(path("/c/lib.so"), third)))
                .as("by path")
                .isEqualTo(three);
        assertThat(resolutions(
                        vmas,
                        known(file("/a/lib.so", 257), ID),
                        known(file("/b/lib.so", 257), OTHER),
                        known(file("/c/lib.so", 257), third)))
                .as("by path, inode and device")
                .isEqualTo(three);
        assertThat(resolutions(
                        vmas,
                        known(pathAndInode("/c/lib.so", 257), third),
                        known(pathAndInode("/b/lib.so", 257), OTHER),
                        known(pathAndInode("/a/lib.so", 257), ID)))
                .as("by path and inode")
                .isEqualTo(three);
        assertThat(resolutions(vmas, known(file(257), ID)))
                .as("device and inode, which all three have")
                .allMatch(Resolution.Missing.class::isInstance);
    }

    @Test
    void headsOfOneInodeCountForTheirOwnNames() {
        VmaIndex vmas = maps("/a/lib.so", 257, "/b/lib.so", 257);

        assertThat(resolutions(vmas, head(path("/b/lib.so"), elf(8)), head(path("/a/lib.so"), elf(20))))
                .containsExactly(
                        found(BuildId.of(RawNote.countingBytes(20))), found(BuildId.of(RawNote.countingBytes(8))));
        assertThat(resolutions(vmas, head(path("/b/lib.so"), elf(8))).get(0))
                .as("nothing was sent of this one")
                .isInstanceOf(Resolution.Missing.class);
    }

    @Test
    void anotherDeviceDoesNotCountBesidePathAndInode() {
        VmaIndex vmas = maps("/a.so", 7, "/b.so", 8);

        assertThat(resolutions(vmas, known(file(new Device(0, 41), "/a.so", 7), ID))
                        .get(0))
                .as("PMX-04")
                .isEqualTo(found(ID));
        assertThat(resolutions(vmas, known(pathAndInode("/a.so", 7), ID)).get(0))
                .isEqualTo(found(ID));
        assertThat(resolutions(vmas, known(file("/a.so", 8), ID)))
                .as("neither file has this path and this inode")
                .allMatch(Resolution.Missing.class::isInstance);
    }

    @Test
    void theDeviceDecidesBetweenFilesOfOnePathAndInode() {
        Device other = new Device(0, 41);
        VmaIndex vmas = new MapsText()
                .line(DISK, 7, "/a.so".getBytes(UTF_8))
                .line(other, 7, "/a.so".getBytes(UTF_8))
                .parse();

        assertThat(resolutions(vmas, known(file(other, "/a.so", 7), ID), known(file("/a.so", 7), OTHER)))
                .containsExactly(found(OTHER), found(ID));
        assertThat(resolutions(vmas, known(pathAndInode("/a.so", 7), ID)))
                .as("nothing says which")
                .allMatch(Resolution.Missing.class::isInstance);
        assertThat(resolutions(vmas, known(file(new Device(0, 42), "/a.so", 7), ID)))
                .as("nothing says which")
                .allMatch(Resolution.Missing.class::isInstance);
    }

    @Test
    void theInodeDecidesBetweenFilesOfOnePath() {
        VmaIndex vmas = maps("/a.so (deleted)", 7, "/a.so (deleted)", 8, "/a.so", 9);

        List<Resolution> all =
                resolutions(vmas, known(pathAndInode("/a.so", 8), ID), known(pathAndInode("/a.so", 9), OTHER));

        assertThat(all.get(0)).isInstanceOf(Resolution.Missing.class);
        assertThat(all.get(1)).as("PMX-09").isEqualTo(found(ID));
        assertThat(all.get(2)).isEqualTo(found(OTHER));
    }

    @Test
    void escapesAreUndoneBeforeAPathIsCompared() {
        VmaIndex vmas = maps("/new\\012line.so", 7, "/gone\\012.so (deleted)", 8);

        assertThat(resolutions(vmas, known(path("/new\nline.so"), ID), known(path("/gone\n.so"), OTHER)))
                .as("PMX-08")
                .containsExactly(found(ID), found(OTHER));
        assertThat(resolutions(
                        vmas,
                        known(pathAndInode("/new\nline.so", 7), ID),
                        known(pathAndInode("/gone\n.so (deleted)", 8), OTHER)))
                .as("PMX-08")
                .containsExactly(found(ID), found(OTHER));
        assertThat(resolutions(vmas, known(path("/new\\012line.so"), ID), known(path("/gone\\012.so"), OTHER)))
                .as("a file may truly be called so, or the sender has copied the maps text")
                .containsExactly(found(ID), found(OTHER));
    }

    @Test
    void theVerbatimFormOfANameGoesFirst() {
        VmaIndex vmas = maps("/a\\012.so", 7, "/a\\012.so (deleted)", 8);

        assertThat(resolutions(vmas, known(path("/a\\012.so"), ID), known(path("/a\\012.so (deleted)"), OTHER)))
                .containsExactly(found(ID), found(OTHER));
        assertThat(resolutions(vmas, known(path("/a\n.so"), ID), known(path("/a\n.so (deleted)"), OTHER)))
                .containsExactly(found(ID), found(OTHER));
    }

    /// Were each hint compared with each file, this would take minutes.
    @Test
    @Timeout(60)
    void manyHintsForManyFilesOfOneNameAreNoProduct() {
        MapsText text = new MapsText();
        List<BinaryHint> hints = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) {
            text.line(new Device(1, i), 7, "/a.so".getBytes(UTF_8));
            hints.add(known(file(new Device(2, i), "/a.so", 7), ID));
        }
        VmaIndex vmas = text.parse();

        assertThat(Resolving.of(vmas, hints.toArray(BinaryHint[]::new)).reason(0))
                .isEqualTo(Frame.Reason.UNREADABLE);
    }

    @Test
    void aPathMatchesWithAndWithoutTheMarkOfADeletedFile() {
        assertThat(resolutions(maps("/a.so", 7), known(path("/a.so"), ID))).containsExactly(new Resolution.Found(ID));
        assertThat(resolutions(maps("/a.so (deleted)", 7), known(path("/a.so"), ID)))
                .as("PMX-09")
                .containsExactly(new Resolution.Found(ID));
        assertThat(resolutions(maps("/a.so", 7), known(path("/a.so (deleted)"), ID)))
                .as("PMX-09")
                .containsExactly(new Resolution.Found(ID));
    }

    @Test
    void aReplacedLibraryAndItsSuccessorAreToldApart() {
        VmaIndex vmas = maps("/a.so (deleted)", 7, "/a.so", 8);

        assertThat(resolutions(vmas, known(path("/a.so"), ID), known(path("/a.so (deleted)"), OTHER)))
                .containsExactly(new Resolution.Found(OTHER), new Resolution.Found(ID));
        assertThat(resolutions(vmas, known(path("/a.so"), ID)).get(0))
                .as("the mark of one must not lead to the other's id")
                .isInstanceOf(Resolution.Missing.class);
    }

    @Test
    void aPathThatTwoFilesHaveMeansNeither() {
        VmaIndex vmas = maps("/a.so (deleted)", 7, "/a.so (deleted)", 8);

        assertThat(resolutions(vmas, known(path("/a.so (deleted)"), ID)))
                .allMatch(Resolution.Missing.class::isInstance);
        assertThat(resolutions(vmas, known(path("/a.so"), ID))).allMatch(Resolution.Missing.class::isInstance);
    }

    @Test
    void aBuildIdIsBelievedBeforeAHead() {
        assertThat(resolutions(maps("/a.so", 7), head(file(7), elf(20)), known(path("/a.so"), ID)))
                .containsExactly(new Resolution.Found(ID));
    }

    @Test
    void ofTwoClaimsOfAKindTheFirstCounts() {
        assertThat(resolutions(maps("/a.so", 7), known(file(7), ID), known(file(7), OTHER)))
                .containsExactly(new Resolution.Found(ID));
    }

    @Test
    void aHeadThatYieldsNothingFallsThroughToTheFile() throws IOException {
        Path file = Files.write(folder.resolve("a.so"), elf(20));
        VmaIndex vmas = new MapsText().file(file, "/a.so".getBytes(UTF_8)).parse();
        BinaryHint cut = head(new BinaryHint.Target.Path(PathName.of("/a.so".getBytes(UTF_8))), new byte[] {0x7f, 'E'});

        assertThat(Resolving.of(
                                vmas,
                                List.of(cut),
                                Resolving.files(Resolving.roots(folder), Resolving.cache(), 0),
                                BuildIdProfile.LENIENT)
                        .resolution(0))
                .isEqualTo(new Resolution.Found(BuildId.of(RawNote.countingBytes(20))));
    }

    @Test
    void theReasonIsThatOfTheSourceThatSaysMost() {
        Resolution.Missing truncated = new Resolution.Missing(Frame.Reason.TRUNCATED, "head");
        Resolution.Missing noNote = new Resolution.Missing(Frame.Reason.NO_NOTE, "file");
        Resolution.Missing stale = new Resolution.Missing(Frame.Reason.STALE_FILE, "path");
        Resolution.Missing unreadable = new Resolution.Missing(Frame.Reason.UNREADABLE, "EACCES");
        Resolution.Missing gone = new Resolution.Missing(Frame.Reason.UNREADABLE, "ENOENT");

        assertThat(truncated.orElse(() -> noNote)).isEqualTo(noNote);
        assertThat(noNote.orElse(() -> truncated)).isEqualTo(noNote);
        assertThat(truncated.orElse(() -> stale)).isEqualTo(truncated);
        assertThat(unreadable.orElse(() -> stale)).isEqualTo(stale);
        assertThat(unreadable.orElse(() -> gone))
                .isEqualTo(new Resolution.Missing(Frame.Reason.UNREADABLE, "EACCES; ENOENT"));
        assertThat(unreadable.orElse(() -> unreadable)).isEqualTo(unreadable);
        assertThat(unreadable.orElse(() -> new Resolution.Found(ID))).isEqualTo(new Resolution.Found(ID));
    }

    @Test
    void aThousandReasonsDoNotGrowWithoutBound() {
        Resolution all = new Resolution.Missing(Frame.Reason.UNREADABLE, "0");
        for (int i = 1; i < 1000; i++) {
            Resolution.Missing next = new Resolution.Missing(Frame.Reason.UNREADABLE, "source " + i);
            all = all.orElse(() -> next);
        }

        assertThat(((Resolution.Missing) all).detail())
                .startsWith("0; source 1; source 2")
                .hasSizeLessThan(300);
    }

    /// Attack 4 of `KERNEL-RULES.md`, sent as a head: 256 program headers over the same notes, none a build-id.
    @Test
    void aHeadIsNotReadMuchMoreThanItIsLong() {
        byte[] notes = new byte[32 << 10];
        byte[] head = ElfBuilder.elf64()
                .segments(256, RawSegment.note(0x4000, notes.length))
                .bytes(0x4000, notes)
                .build();
        AtomicLong read = new AtomicLong();
        RandomAccessBytes counted = new CountedBytes(new ByteArrayBytes("head", head), read);

        Resolving.of(maps("/a.so", 7), new BinaryHint(file(7), new BinaryHint.Identification.Head(counted)))
                .reason(0);

        assertThat(read.get()).isLessThan(8L * head.length);
    }

    private record CountedBytes(ByteArrayBytes bytes, AtomicLong read) implements RandomAccessBytes {
        @Override
        public String source() {
            return bytes.source();
        }

        @Override
        public long size() {
            return bytes.size();
        }

        @Override
        public int read(long offset, byte[] into, int length) {
            read.addAndGet(length);
            return bytes.read(offset, into, length);
        }
    }

    @Test
    void theKernelProfileSeesNoLongIds() {
        VmaIndex vmas = maps("/a.so", 7);

        assertThat(Resolving.of(vmas, List.of(known(file(7), LONG)), noFiles(), BuildIdProfile.KERNEL)
                        .reason(0))
                .as("ELF-52")
                .isEqualTo(Frame.Reason.NO_NOTE);
        assertThat(resolutions(vmas, known(file(7), LONG))).as("DEV-11").containsExactly(new Resolution.Found(LONG));
        assertThat(resolutions(vmas, head(file(7), elf(32)))).containsExactly(new Resolution.Found(LONG));
    }

    @Test
    void bothByteOrdersAreRead() {
        byte[] foreign = ElfBuilder.elf32()
                .bigEndian()
                .noteSegment(0x200, RawNote.buildIdOf(32))
                .build();

        assertThat(resolutions(maps("/a.so", 7), head(file(7), foreign)))
                .as("DEV-16")
                .containsExactly(new Resolution.Found(LONG));
    }

    @Test
    void aLastNoteWithoutPaddingCountsInTheLenientProfile() {
        byte[] unpadded = ElfBuilder.elf64()
                .noteSegment(0x200, 16 + 19, RawNote.buildIdOf(19))
                .build();
        VmaIndex vmas = maps("/a.so", 7);
        BinaryHint hint = head(file(7), unpadded);

        assertThat(resolutions(vmas, hint)).as("DEV-17").hasOnlyElementsOfType(Resolution.Found.class);
        assertThat(Resolving.of(vmas, List.of(hint), noFiles(), BuildIdProfile.KERNEL)
                        .resolution(0))
                .as("ELF-53")
                .isInstanceOf(Resolution.Missing.class);
    }

    @Test
    void anAllZeroIdIsKept() {
        byte[] zeros = ElfBuilder.elf64()
                .noteSegment(0x200, RawNote.buildId(new byte[20]))
                .build();

        assertThat(resolutions(maps("/a.so", 7), head(file(7), zeros)))
                .as("DEV-13; it says itself that it is suspicious")
                .containsExactly(new Resolution.Found(BuildId.of(new byte[20])));
    }

    @Test
    void everyPrefixOfAHeadIsTruncatedOrNoElf() {
        byte[] whole = elf(20);
        for (int length = 0; length < 0x200 + 36; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            assertThat(Resolving.of(maps("/a.so", 7), head(file(7), prefix)).reason(0))
                    .as("%d bytes", length)
                    .isIn(Frame.Reason.TRUNCATED, Frame.Reason.NOT_ELF);
        }
    }

    /// The build-id may come beside the head; what is mapped shows in the head all the same.
    @Test
    void aHeadIsComparedWithWhatIsHeld() throws IOException {
        byte[] head = Files.readAllBytes(Fixtures.path("binaries/layouts/pie"));
        BuildId id = BuildId.parse("6c61796f75742d7069656c61796f75742d706965").orElseThrow();
        List<BuildId> asked = new ArrayList<>();
        MappedLayouts contradicting = (buildId, layout, evidence) -> {
            asked.add(buildId);
            assertThat(evidence).isEqualTo(MappedLayouts.Evidence.HEAD);
            assertThat(((Layout.Linked) layout).segments()).hasSize(1);
            return Optional.of("it differs");
        };

        Resolution alone = Resolving.of(maps("/a.so", 7), contradicting, head(file(7), head))
                .resolution(0);
        Resolution beside = Resolving.of(maps("/a.so", 7), contradicting, known(file(7), id), head(file(7), head))
                .resolution(0);

        assertThat(alone).isEqualTo(new Resolution.Missing(Frame.Reason.OTHER_LAYOUT, "it differs"));
        assertThat(beside).isEqualTo(alone);
        assertThat(asked).containsExactly(id, id);
    }

    @Test
    void aHeadOfAnotherBuildIdThanTheOneThatWasSentIsNotCompared() throws IOException {
        byte[] head = Files.readAllBytes(Fixtures.path("binaries/layouts/pie"));
        MappedLayouts contradicting = (buildId, layout, evidence) -> Optional.of("it differs");

        assertThat(Resolving.of(maps("/a.so", 7), contradicting, known(file(7), ID), head(file(7), head))
                        .resolution(0))
                .isEqualTo(new Resolution.Found(ID));
    }

    @Test
    void theKernelComparesNothing() throws IOException {
        byte[] head = Files.readAllBytes(Fixtures.path("binaries/layouts/pie"));
        MappedBinaries binaries = new MappedBinaries(
                maps("/a.so", 7),
                List.of(head(file(7), head)),
                noFiles(),
                BuildIdProfile.KERNEL,
                (buildId, layout, evidence) -> Optional.of("it differs"));

        assertThat(binaries.resolve(maps("/a.so", 7).get(0))).isInstanceOf(Resolution.Found.class);
    }

    @Test
    void aHeadThatCannotBeReadIsUnreadable() {
        RandomAccessBytes broken = new RandomAccessBytes() {
            @Override
            public String source() {
                return "broken";
            }

            @Override
            public long size() {
                return 1000;
            }

            @Override
            public int read(long offset, byte[] into, int length) throws IOException {
                throw new IOException("the sender has gone");
            }
        };

        assertThat(Resolving.of(maps("/a.so", 7), new BinaryHint(file(7), new BinaryHint.Identification.Head(broken)))
                        .reason(0))
                .isEqualTo(Frame.Reason.UNREADABLE);
    }

    private static List<Resolution> resolutions(VmaIndex vmas, BinaryHint... hints) {
        Resolving process = Resolving.of(vmas, hints);
        return IntStream.range(0, vmas.size()).mapToObj(process::resolution).toList();
    }

    private static ProcessFiles noFiles() {
        return Resolving.noFiles();
    }

    private static byte[] elf(int idBytes) {
        return ElfBuilder.elf64().noteSegment(0x200, RawNote.buildIdOf(idBytes)).build();
    }

    private static BinaryHint known(BinaryHint.Target target, BuildId id) {
        return new BinaryHint(target, new BinaryHint.Identification.Known(id));
    }

    private static BinaryHint head(BinaryHint.Target target, byte[] head) {
        return new BinaryHint(target, new BinaryHint.Identification.Head(new ByteArrayBytes("head", head)));
    }

    private static BinaryHint.Target file(long inode) {
        return new BinaryHint.Target.Inode(DISK, inode);
    }

    private static BinaryHint.Target file(String name, long inode) {
        return file(DISK, name, inode);
    }

    private static BinaryHint.Target file(Device device, String name, long inode) {
        return new BinaryHint.Target.File(new MappedFile(device, inode, name(name)));
    }

    private static BinaryHint.Target pathAndInode(String name, long inode) {
        return new BinaryHint.Target.PathAndInode(name(name), inode);
    }

    private static BinaryHint.Target path(String name) {
        return new BinaryHint.Target.Path(name(name));
    }

    private static PathName name(String name) {
        return PathName.of(name.getBytes(UTF_8));
    }

    private static Resolution found(BuildId id) {
        return new Resolution.Found(id);
    }

    /// Names and inodes in turn, a line each.
    private static VmaIndex maps(Object... namesAndInodes) {
        MapsText text = new MapsText();
        for (int i = 0; i < namesAndInodes.length; i += 2) {
            text.line(DISK, (Integer) namesAndInodes[i + 1], ((String) namesAndInodes[i]).getBytes(UTF_8));
        }
        return text.parse();
    }
}
