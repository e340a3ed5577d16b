package dev.stackmapd.resolve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.bytes.ByteArrayBytes;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.fixtures.ElfBuilder;
import dev.stackmapd.fixtures.Fixtures;
import dev.stackmapd.fixtures.RawNote;
import dev.stackmapd.process.MapsParser;
import dev.stackmapd.process.Vma;
import dev.stackmapd.process.VmaIndex;
import dev.stackmapd.resolve.MappedBinaries.MappedBinary;
import dev.stackmapd.resolve.ProcessTranslator.TranslationStatus;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.FrameBases;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Packing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessTranslatorTest {
    private static final BuildId APP = BuildId.of(new byte[] {1, 2, 3, 4});
    private static final BuildId LIB = BuildId.of(RawNote.countingBytes(20));

    /// As the kernel writes them; a data mapping and a code mapping of one file, neighbours without a hole, and a file
    /// above 4 GiB of its own offset.
    private static final String MAPS = """
            00400000-00401000 r--p 00000000 fe:00 10                         /bin/app
            00401000-00403000 r-xp 00001000 fe:00 10                         /bin/app
            00500000-00501000 r-xp 140000000 fe:00 11                        /lib/big.so
            00600000-00601000 rw-p 00000000 00:00 0\s
            00700000-00701000 rw-p 00000000 00:00 0                          [heap]
            00800000-00801000 r-xp 00000000 00:00 0                          [vdso]
            7fffc0848000-7fffc0868000 rw-p 00000000 00:00 0                  [stack]
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0          [vsyscall]
            """;

    private static final VmaIndex VMAS = parse(MAPS);

    private static final MappedLayouts OTHER_THAN_HELD =
            (buildId, layout, evidence) -> Optional.of("it is another one");

    @TempDir
    private Path folder;

    @Test
    void mappingsAreHalfOpenAndOffsetsAreTheFiles() {
        assertThat(known().translate(0x400000, 0x400fff, 0x401000, 0x402fff, 0x500010))
                .as("XLT-12, XLT-14, XLT-20: data and code, first byte and last")
                .containsExactly(
                        inFile(APP, 0),
                        inFile(APP, 0xfff),
                        inFile(APP, 0x1000),
                        inFile(APP, 0x2fff),
                        inFile(LIB, 0x1_4000_0010L));
        assertThat(known().translate(0x3fffff, 0x403000, 0x4fffff, 0x501000, 0, 0x10))
                .as("XLT-21, XLT-22, XLT-24: neither the next mapping nor the last one has a hole")
                .allMatch(frame -> ((Frame.Raw) frame).reason() == Frame.Reason.NO_MAPPING);
    }

    @Test
    void aFrameNeverSpoilsItsNeighbours() {
        assertThat(known().translate(0x401000, 0x403000, 0x600000, 0x401000))
                .as("XLT-22, XLT-30: what came before does not matter")
                .containsExactly(
                        inFile(APP, 0x1000),
                        new Frame.Raw(0x403000, Frame.Reason.NO_MAPPING),
                        new Frame.Raw(0x600000, Frame.Reason.ANONYMOUS),
                        inFile(APP, 0x1000));
    }

    @Test
    void offsetsWrapAt64Bits() {
        VmaIndex vmas = parse("7f0000000000-7f0000002000 r-xp fffffffffffff000 fe:00 10                  /bin/app\n");

        assertThat(Resolving.of(vmas, hint(10, APP)).translate(0x7f0000000000L, 0x7f0000001004L))
                .as("XLT-12, mod 2^64")
                .containsExactly(inFile(APP, -0x1000), inFile(APP, 4));
    }

    @Test
    void onlyAPartOfTheArrayIsTranslated() {
        Resolving process = known();
        PackedStack packed = new PackedStack();
        ProcessTranslator translator = translator(process);

        translator.translate(new long[] {0, 0x401000, 0x402000, 0}, 1, 3, packed);

        assertThat(packed.toStack(process.bases()).frames()).containsExactly(inFile(APP, 0x1000), inFile(APP, 0x2000));
        assertThat(process.counts().inFile()).isEqualTo(2);
        assertThat(process.counts().raw()).isEmpty();
    }

    @Test
    void framesAreCountedByReason() {
        Resolving process = known();

        process.translate(0x401000, 0x402000, 0x3fffff, 0x600000, 0x700000, 0x800000, -512, 0xffffffff81000000L);

        assertThat(process.counts().inFile()).isEqualTo(2);
        assertThat(process.counts().raw())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        Frame.Reason.NO_MAPPING, 1L,
                        Frame.Reason.ANONYMOUS, 2L,
                        Frame.Reason.SPECIAL, 1L,
                        Frame.Reason.MARKER, 1L,
                        Frame.Reason.KERNEL_ADDRESS, 1L));
    }

    @Test
    void filesAreDecidedOnceAndOnlyWhenHit() {
        Resolving process = known();

        process.translate(0x400000, 0x401000, 0x402000, 0x600000, 0x401000);

        assertThat(process.binaries().decided())
                .as("two mappings of one file")
                .singleElement()
                .isEqualTo(new MappedBinary(
                        process.binaries().decided().iterator().next().vma(), new Resolution.Found(APP)));
    }

    @Test
    void aTranslatorThatMeetsOneIdTooManySaysSo() {
        Resolving process = known();
        FrameBases.Claim one = Packing.bases(1).claim();
        ProcessTranslator translator = new ProcessTranslator(VMAS, process.binaries(), one, process.counts());
        long[] ips = {0x401000, 0x500000, 0x401000};

        assertThat(translator.translate(ips, 0, 1, new PackedStack())).isEqualTo(TranslationStatus.COMPLETE);
        assertThat(translator.translate(ips, 0, 3, new PackedStack())).isEqualTo(TranslationStatus.BASES_FULL);
        assertThat(translator.translate(ips, 1, 2, new PackedStack())).isEqualTo(TranslationStatus.BASES_FULL);
        assertThat(translator.translate(ips, 2, 3, new PackedStack())).isEqualTo(TranslationStatus.COMPLETE);
    }

    /// DEV-12: there is no reason that nothing leads to. Each case names how to come there.
    @ParameterizedTest(name = "DEV-12 {0}")
    @EnumSource
    void everyReasonIsReached(Frame.Reason reason) throws IOException {
        assertThat(
                        switch (reason) {
                            case NO_MAPPING -> known().translate(0x403000).getFirst();
                            case ANONYMOUS -> known().translate(0x7fffc0848000L).getFirst();
                            case SPECIAL ->
                                known().translate(0xffffffffff600000L).getFirst();
                            case KERNEL_ADDRESS ->
                                known().translate(0xffffffff81000000L).getFirst();
                            case MARKER -> known().translate(-128).getFirst();
                            case NOT_ELF -> withHead("not an ELF file at all".getBytes(UTF_8));
                            case NO_NOTE -> withHead(ElfBuilder.elf64().build());
                            case BAD_NOTE ->
                                withHead(ElfBuilder.elf64()
                                        .noteSegment(
                                                0x200, RawNote.buildIdOf(20).withNameSize(0xffff_fff0L))
                                        .build());
                            case TRUNCATED ->
                                withHead(ElfBuilder.elf64()
                                        .noteSegment(0x200, RawNote.buildIdOf(20))
                                        .length(0x210)
                                        .build());
                            case UNREADABLE ->
                                Resolving.of(VMAS).translate(0x401000).getFirst();
                            case STALE_FILE -> replacedFile();
                            case OTHER_LAYOUT ->
                                withHead(Files.readAllBytes(Fixtures.path("binaries/layouts/pie")), OTHER_THAN_HELD);
                        })
                .isInstanceOfSatisfying(
                        Frame.Raw.class, raw -> assertThat(raw.reason()).isEqualTo(reason));
    }

    /// Also checks that an address of the upper half in no mapping is the kernel's, and that a mapping decides before
    /// the address does.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 20_261_123})
    void agreesWithALinearScan(long seed) {
        Random random = new Random(seed);
        VmaIndex vmas = parse(randomMaps(random));
        List<BinaryHint> hints = new ArrayList<>();
        for (int inode = 1; inode <= 8; inode++) {
            hints.add(hint(inode, BuildId.of(new byte[] {(byte) inode})));
        }
        Resolving process = Resolving.of(vmas, hints.toArray(BinaryHint[]::new));
        long[] ips = randomAddresses(random, vmas);

        List<Frame> frames = process.translate(ips);

        for (int i = 0; i < ips.length; i++) {
            assertThat(frames.get(i)).as("%x", ips[i]).isEqualTo(byScanning(vmas, ips[i]));
        }
    }

    private static Frame byScanning(VmaIndex vmas, long ip) {
        for (int i = 0; i < vmas.size(); i++) {
            Vma vma = vmas.get(i);
            if (Long.compareUnsigned(vma.start(), ip) <= 0 && Long.compareUnsigned(ip, vma.end()) < 0) {
                return inMapping(vma, ip);
            }
        }
        boolean upperHalf = ip < 0;
        boolean marker = upperHalf && ip >= -4095;
        return new Frame.Raw(
                ip, marker ? Frame.Reason.MARKER : upperHalf ? Frame.Reason.KERNEL_ADDRESS : Frame.Reason.NO_MAPPING);
    }

    private static Frame inMapping(Vma vma, long ip) {
        if (vma.inode() == 0) {
            boolean special = vma.name().equals("[vdso]") || vma.name().equals("[vsyscall]");
            return new Frame.Raw(ip, special ? Frame.Reason.SPECIAL : Frame.Reason.ANONYMOUS);
        }
        return inFile(BuildId.of(new byte[] {(byte) vma.inode()}), vma.fileOffset() + ip - vma.start());
    }

    private static String randomMaps(Random random) {
        String[] names = {"", "[heap]", "[vdso]", "[vsyscall]", "[anon:x]"};
        StringBuilder maps = new StringBuilder();
        long at = 0x1000;
        for (int i = 0; i < 300; i++) {
            at += random.nextBoolean() ? 0 : random.nextLong(1, 1L << 44) << 12;
            long end = at + (random.nextLong(1, 64) << 12);
            int inode = random.nextInt(9);
            maps.append("%08x-%08x r-xp %08x %s %d %s\n"
                    .formatted(
                            at,
                            end,
                            inode == 0 ? 0 : random.nextLong(1L << 40) << 12,
                            inode == 0 ? "00:00" : "fe:00",
                            inode,
                            inode == 0 ? names[random.nextInt(names.length)] : "/lib/" + inode));
            at = end;
        }
        return maps.toString();
    }

    private static long[] randomAddresses(Random random, VmaIndex vmas) {
        long[] ips = new long[4000];
        for (int i = 0; i < ips.length; i++) {
            int index = random.nextInt(vmas.size());
            ips[i] = switch (random.nextInt(6)) {
                case 0 -> random.nextLong();
                case 1 -> vmas.start(index);
                case 2 -> vmas.start(index) - 1;
                case 3 -> vmas.end(index);
                case 4 -> vmas.end(index) - 1;
                default -> vmas.start(index) + random.nextLong(vmas.end(index) - vmas.start(index));
            };
        }
        return ips;
    }

    private Frame replacedFile() throws IOException {
        Path file = Files.writeString(folder.resolve("a.so"), "x");
        MapsText maps =
                new MapsText().line(MapsText.deviceOf(file), MapsText.inodeOf(file) + 1, "/a.so".getBytes(UTF_8));
        return Resolving.of(maps.parse(), Resolving.roots(folder), 0).frameIn(0);
    }

    private static Frame withHead(byte[] head) {
        return withHead(head, MappedLayouts.NONE);
    }

    private static Frame withHead(byte[] head, MappedLayouts layouts) {
        BinaryHint hint = new BinaryHint(
                new BinaryHint.Target.Inode(MapsText.device("fe:00"), 10),
                new BinaryHint.Identification.Head(new ByteArrayBytes("head", head)));
        return Resolving.of(VMAS, layouts, hint).translate(0x401000).getFirst();
    }

    private static Resolving known() {
        return Resolving.of(VMAS, hint(10, APP), hint(11, LIB));
    }

    private static ProcessTranslator translator(Resolving process) {
        return new ProcessTranslator(
                process.vmas(), process.binaries(), process.bases().claim(), process.counts());
    }

    private static BinaryHint hint(long inode, BuildId id) {
        return new BinaryHint(
                new BinaryHint.Target.Inode(MapsText.device("fe:00"), inode), new BinaryHint.Identification.Known(id));
    }

    private static Frame inFile(BuildId id, long offset) {
        return new Frame.InFile(id, new FileOffset(offset));
    }

    private static VmaIndex parse(String maps) {
        return MapsParser.parse(maps.getBytes(ISO_8859_1)).vmas();
    }
}
