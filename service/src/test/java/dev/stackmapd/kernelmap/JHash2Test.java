package dev.stackmapd.kernelmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The algorithm of `KERNEL-RULES.md`, whose vectors come from two other implementations, partly seen on a live kernel
/// (SID-10).
class JHash2Test {

    @ParameterizedTest(name = "words {0}")
    @CsvSource({
        "'', deadbeef, f0e21567",
        "0, 049396b8, f338518d",
        "1, 72a82a9b, 22417ff4",
        "1 2, 8b4c7979, e8c89838",
        "1 2 3, a46158f5, d9d2f6fd",
        "1 2 3 4, 66491246, 2d001f70",
        "1 2 3 4 5, 629129c0, 3444de37",
        "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff, 8207082a, 7aa4045d"
    })
    void appendixAWords(String words, String seedZero, String seedOther) {
        String[] each = words.isEmpty() ? new String[0] : words.split(" ");
        long[] packed = new long[(each.length + 1) / 2];
        for (int i = 0; i < each.length; i++) {
            packed[i / 2] |= Long.parseLong(each[i], 16) << (32 * (i % 2));
        }
        assertThat(hex(JHash2.hash(packed, 0, each.length, 0))).isEqualTo(seedZero);
        assertThat(hex(JHash2.hash(packed, 0, each.length, 0x12345678))).isEqualTo(seedOther);
    }

    @ParameterizedTest(name = "frames {0}")
    @CsvSource({
        "0, 58c184bf, 1215, 15",
        "1, 5543253f, 9535, 15",
        "401000, 5a83e893, 10387, 3",
        "401000 402000, 47206262, 8802, 2",
        "402000 401000, 79680de6, 3558, 6",
        "1 2 3, b273a143, 8515, 3",
        "7f1122334455 7f1122334466 555555554000 7fffffffe000, 0e371d01, 7425, 1",
        "ffffffff81000000 ffffffff81001000 ffffffff82000000, e0fc41a5, 421, 5",
        "ffffffffffffffff, 52648e85, 3717, 5"
    })
    void appendixAFrames(String frames, String hash, int idOf16384, int idOf16) {
        assertHash(KernelFixture.ips(frames), hash, idOf16384, idOf16);
    }

    @Test
    void appendixA127Frames() {
        long[] frames = LongStream.rangeClosed(1, 127).map(i -> 0x1000 * i).toArray();
        assertHash(frames, "5f6e2cd7", 11479, 7);
    }

    @Test
    void noFramesHashToTheInitialValue() {
        assertThat(hex(JHash2.hash(new long[0], 0, 0))).isEqualTo("deadbeef");
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({
        "5baac0, 72e1f0, 1a731bb9",
        "6ef770, 7530b0, 4346f923",
        "718360, 8cd7f0, 46d0365c",
        "6abb10, 909060, 4ef436ec",
        "4f23a0 500000, 921670 500000, 166ecf05",
        "76bcb0 500000, 9c5d20 500000, 2c5ccd08",
        "793290, 564fb0 500000, 00bc4a43",
        "62c0e0, 458190 500000, 040e0798"
    })
    void appendixBPairs(String one, String other, String hash) {
        long[] a = KernelFixture.ips(one);
        long[] b = KernelFixture.ips(other);
        assertThat(hex(JHash2.hash(a, 0, a.length))).isEqualTo(hash);
        assertThat(hex(JHash2.hash(b, 0, b.length))).isEqualTo(hash);
    }

    private static void assertHash(long[] frames, String hash, int idOf16384, int idOf16) {
        int actual = JHash2.hash(frames, 0, frames.length);
        assertThat(hex(actual)).isEqualTo(hash);
        assertThat(actual & 16383).isEqualTo(idOf16384);
        assertThat(actual & 15).isEqualTo(idOf16);
        long[] surrounded = new long[frames.length + 2];
        System.arraycopy(frames, 0, surrounded, 1, frames.length);
        assertThat(JHash2.hash(surrounded, 1, frames.length + 1)).isEqualTo(actual);
    }

    private static String hex(int hash) {
        return HexFormat.of().toHexDigits(hash);
    }
}
