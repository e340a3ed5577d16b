package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.process.ReferenceMaps.Mapping;

/// Compares the parser with [ReferenceMaps] on one text: every field, and every boundary of every mapping.
final class MapsAgreement {
    private MapsAgreement() {}

    static ParsedMaps assertAgrees(byte[] text) {
        ReferenceMaps expected = new ReferenceMaps(text);
        ParsedMaps actual = MapsParser.parse(text.clone());
        VmaIndex vmas = actual.vmas();
        assertThat(vmas.size()).isEqualTo(expected.mappings().size());
        assertThat(actual.warnings()).hasSizeLessThanOrEqualTo(MapsLimits.DEFAULT.maxWarnings());
        assertThat(actual.warnings().size() + actual.omittedWarnings()).isEqualTo(expected.droppedLines());
        for (int i = 0; i < vmas.size(); i++) {
            assertSame(vmas.get(i), expected.mappings().get(i));
        }
        return actual;
    }

    /// @param limit how many mappings to try, for texts whose linear scan takes long
    static void assertFindsTheSame(byte[] text, int limit) {
        ReferenceMaps expected = new ReferenceMaps(text);
        VmaIndex vmas = MapsParser.parse(text.clone()).vmas();
        for (int i = 0; i < Math.min(limit, vmas.size()); i++) {
            for (long address : new long[] {vmas.start(i) - 1, vmas.start(i), vmas.end(i) - 1, vmas.end(i)}) {
                int holder = expected.find(address);
                assertThat(vmas.find(address)).as("%x", address).isEqualTo(holder);
            }
        }
    }

    private static void assertSame(Vma vma, Mapping mapping) {
        assertThat(vma.start()).isEqualTo(mapping.start().longValue());
        assertThat(vma.end()).isEqualTo(mapping.end().longValue());
        assertThat(vma.executable()).isEqualTo(mapping.executable());
        assertThat(vma.fileOffset()).isEqualTo(mapping.fileOffset().longValue());
        assertThat(vma.device())
                .isEqualTo(
                        new Device(mapping.major().intValue(), mapping.minor().intValue()));
        assertThat(vma.inode()).isEqualTo(mapping.inode().longValue());
        assertThat(new String(vma.pathBytes(), ISO_8859_1)).isEqualTo(mapping.name());
    }
}
