package dev.stackmapd.artifact.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.Artifact.Code;
import dev.stackmapd.artifact.disk.Artifact.Symbols;
import dev.stackmapd.artifact.disk.ArtifactRecord.Replaceability;
import dev.stackmapd.artifact.disk.ArtifactRecord.Verification;
import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.ElfAddress;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.elfcore.elf.Layout;
import dev.stackmapd.elfcore.elf.LoadSegment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArtifactRecordTest {
    private static final Layout LAYOUT = new Layout.Linked(
            List.of(
                    new LoadSegment(new FileOffset(0x1000), 0x195, new ElfAddress(0x401000), 0x195, true),
                    new LoadSegment(new FileOffset(-0x1000), 0, new ElfAddress(0xffffffffff600000L), 0x1000, true)),
            new Layout.Span(0x401040, 0x14a),
            Layout.Offsets.OF_EXECUTABLE);

    private static final Verification VERIFIED = new Verification(
            new FileState(123_456, Instant.parse("2026-11-23T11:59:59.123456789Z"), -1),
            Instant.parse("2026-11-24T12:00:00Z"));

    private static final BuildId HTLHASH =
            BuildId.parse("htlhash:000102030405060708090a0b0c0d0e0f").orElseThrow();

    private static final String SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    static Stream<ArtifactRecord> records() {
        return Stream.of(
                record(upload(""), Replaceability.ONLY_COPY),
                record(upload("somebody with a name: ~!"), Replaceability.ONLY_COPY),
                record(new Origin.Debuginfod("https://debuginfod.example/path", ""), Replaceability.RENEWABLE),
                record(new Origin.Debuginfod("https://debuginfod.example", "0302047f"), Replaceability.RENEWABLE),
                record(new Origin.Debuginfod("x".repeat(Origin.MAX_NAME), ""), Replaceability.ONLY_COPY),
                record(new Origin.Recovered(), Replaceability.ONLY_COPY));
    }

    private static final Origin LONGEST =
            new Origin.Upload(Origin.Route.PYROSCOPE, "f".repeat(Origin.MAX_NAME), "x".repeat(Origin.MAX_NAME));

    private static Origin upload(String sender) {
        return new Origin.Upload(Origin.Route.PYROSCOPE, "2001:db8::1", sender);
    }

    private static ArtifactRecord record(Origin origin, Replaceability replaceability) {
        return record(origin, replaceability, LAYOUT);
    }

    private static ArtifactRecord record(Origin origin, Replaceability replaceability, Layout layout) {
        Instant stored = Instant.parse("2026-11-23T12:00:00Z");
        HeldArtifact artifact = new HeldArtifact(
                BuildId.parse("93ac61ec00").orElseThrow(),
                HTLHASH,
                ArtifactKind.DEBUGINFO,
                origin,
                SHA256,
                123_456,
                Code.ABSENT,
                new Quality(Symbols.DEBUG_INFORMATION, 789),
                layout,
                stored,
                stored.plusMillis(1_500),
                3);
        return new ArtifactRecord(
                artifact, new ContentName(ArtifactKind.DEBUGINFO, 0x1f, SHA256), replaceability, VERIFIED);
    }

    /// The form is a contract with folders that older versions wrote. The checksum was computed by another program.
    @Test
    void theFormIsTheOneWrittenDown() {
        ArtifactRecord record = record(upload("me"), Replaceability.ONLY_COPY);
        assertThat(new String(record.encode(), StandardCharsets.US_ASCII))
                .startsWith("""
                        stackmapd-artifact 5
                        build-id 93ac61ec00
                        htlhash 000102030405060708090a0b0c0d0e0f
                        content debuginfo-1f-%s
                        size 123456
                        origin upload PYROSCOPE 2001:db8::1 me
                        keeping ONLY_COPY
                        code ABSENT
                        symbols DEBUG_INFORMATION
                        amount 789
                        layout linked OF_EXECUTABLE 401040 14a 1000:195:401000:195 \
                        fffffffffffff000:0:ffffffffff600000:1000
                        stored 2026-11-23T12:00:00Z
                        used 2026-11-23T12:00:01.500Z
                        uses 3
                        verified 2026-11-24T12:00:00Z 2026-11-23T11:59:59.123456789Z 18446744073709551615
                        """.formatted(SHA256))
                .endsWith("crc32c 62bae68c\n");
    }

    @Test
    void theSignatureHasALineOfItsOwn() {
        ArtifactRecord record =
                record(new Origin.Debuginfod("https://a.example/", "0302047f"), Replaceability.RENEWABLE);
        assertThat(new String(record.encode(), StandardCharsets.US_ASCII))
                .contains("\norigin debuginfod https://a.example/\nima 0302047f\nkeeping RENEWABLE\n");
    }

    @Test
    void aFileWithoutABuildIdHasItsHtlhashInTheBuildIdsPlace() {
        HeldArtifact known = record(upload("me"), Replaceability.ONLY_COPY).artifact();
        HeldArtifact unknown = new HeldArtifact(
                HTLHASH,
                HTLHASH,
                known.kind(),
                known.origin(),
                SHA256,
                known.size(),
                known.code(),
                known.quality(),
                known.layout(),
                known.stored(),
                known.used(),
                known.uses());
        ContentName name = new ContentName(ArtifactKind.DEBUGINFO, 0x1f, SHA256);
        ArtifactRecord record = new ArtifactRecord(unknown, name, Replaceability.ONLY_COPY, VERIFIED);

        assertThat(new String(record.encode(), StandardCharsets.US_ASCII))
                .contains("\nbuild-id htlhash:000102030405060708090a0b0c0d0e0f\n");
        assertThat(ArtifactRecord.decode(record.encode())).contains(record);
    }

    @Test
    void aSignatureIsHexDigitsWithinItsBound() {
        String longest = "0a".repeat(Origin.Debuginfod.MAX_SIGNATURE / 2);
        assertThat(signature(longest)).isEqualTo(longest);
        assertThat(signature(" 0A0b\t")).isEqualTo("0a0b");
        assertThat(Stream.of("", "0", "0g", "0x0a", "0a 0b", "0a\n0b", "\u0660\u0660", longest + "0a"))
                .allSatisfy(header -> assertThat(signature(header)).isEmpty());
    }

    private static String signature(String header) {
        return Origin.Debuginfod.of("https://a.example/", header).imaSignature();
    }

    /// The file has to be looked into again, as where a record is broken.
    @Test
    void aRecordOfAnEarlierVersionIsNoRecord() {
        String old = """
                stackmapd-artifact 4
                build-id 93ac61ec00
                content debuginfo-1f-%s
                size 123456
                origin upload PYROSCOPE 2001:db8::1 me
                keeping ONLY_COPY
                code ABSENT
                symbols DEBUG_INFORMATION
                amount 789
                layout linked OF_EXECUTABLE 401040 14a 1000:195:401000:195 fffffffffffff000:0:ffffffffff600000:1000
                stored 2026-11-23T12:00:00Z
                used 2026-11-23T12:00:01.500Z
                uses 3
                verified 2026-11-24T12:00:00Z 2026-11-23T11:59:59.123456789Z 18446744073709551615
                crc32c c5b8bbf4
                """.formatted(SHA256);

        assertThat(ArtifactRecord.decode(old.getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
    }

    @Test
    void everyLayoutIsReadAsItWasWritten() {
        List<LoadSegment> many = Collections.nCopies(
                Layout.MAX_SEGMENTS, new LoadSegment(new FileOffset(-1), -1, new ElfAddress(-1), -1, true));
        for (Layout layout : List.of(
                LAYOUT,
                Layout.Linked.UNKNOWN,
                new Layout.Linked(many, new Layout.Span(-1, -1), Layout.Offsets.OF_EXECUTABLE),
                new Layout.Relocatable(3, 0x450, -2))) {
            ArtifactRecord record = record(LONGEST, Replaceability.ONLY_COPY, layout);

            assertThat(record.encode()).hasSizeLessThanOrEqualTo(ArtifactRecord.MAX_BYTES);
            assertThat(ArtifactRecord.decode(record.encode())).contains(record);
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void whatIsEncodedIsDecoded(ArtifactRecord record) {
        assertThat(record.encode()).hasSizeLessThanOrEqualTo(ArtifactRecord.MAX_BYTES);
        assertThat(ArtifactRecord.decode(record.encode())).contains(record);
    }

    @ParameterizedTest
    @MethodSource("records")
    void everyPrefixIsNoRecord(ArtifactRecord record) {
        byte[] whole = record.encode();
        for (int length = 0; length < whole.length; length++) {
            assertThat(ArtifactRecord.decode(Arrays.copyOf(whole, length))).isEmpty();
        }
        assertThat(ArtifactRecord.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isEmpty();
    }

    @Test
    void aChangeOfAnyByteIsNoRecord() {
        byte[] bytes = record(upload("me"), Replaceability.ONLY_COPY).encode();
        for (int at = 0; at < bytes.length; at++) {
            byte right = bytes[at];
            for (int value = 0; value < 256; value++) {
                if ((byte) value != right) {
                    bytes[at] = (byte) value;
                    assertThat(ArtifactRecord.decode(bytes).isEmpty())
                            .describedAs("byte %d is %d", at, value)
                            .isTrue();
                }
            }
            bytes[at] = right;
        }
    }
}
