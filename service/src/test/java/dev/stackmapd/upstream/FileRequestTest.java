package dev.stackmapd.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stackmapd.elfcore.elf.BuildId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileRequestTest {
    private static final BuildId ID = BuildId.of(new byte[] {(byte) 0xa0, (byte) 0xb1});

    @Test
    void namesTheWholeFiles() {
        assertThat(new FileRequest(ID, FileRequest.BinaryKind.DEBUGINFO).path()).isEqualTo("buildid/a0b1/debuginfo");
        assertThat(new FileRequest(ID, FileRequest.BinaryKind.EXECUTABLE).path())
                .isEqualTo("buildid/a0b1/executable");
    }

    /// Taken down from elfutils' own client, `debuginfod-find source a0b1 NAME` of 0.188; [RealDebuginfodTest] asks it
    /// again where it is installed.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/src/main.cc | src/main.cc",
                "/usr/./src/../a b+c%2B~x//é!(1)*,;:@&=$'#?[].c"
                        + " | usr/./src/../a%20b%2Bc%252B~x//%C3%A9%21%281%29%2A%2C%3B%3A%40%26%3D%24%27%23%3F%5B%5D.c",
                "//a | /a",
                "/../../x | ../../x",
                "/ | \"\""
            })
    void escapesTheNamesOfSourceFilesAsTheirOwnClientDoes(String name, String escaped) {
        assertThat(new FileRequest(ID, new FileRequest.SourceFile(name)).path())
                .isEqualTo("buildid/a0b1/source/" + escaped);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "main.cc", "./x", "C:\\x.c", "/a\u0000b", "/\ud800", "/\udc00x"})
    void refusesNamesThatNoClientSends(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new FileRequest.SourceFile(name));
    }

    @Test
    void aNameIsAtMostAsLongAsAPath() {
        assertThat(new FileRequest.SourceFile("/" + "x".repeat(FileRequest.SourceFile.MAX_CHARACTERS - 1)).segments())
                .hasSize("source/".length() + FileRequest.SourceFile.MAX_CHARACTERS - 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileRequest.SourceFile("/" + "x".repeat(FileRequest.SourceFile.MAX_CHARACTERS)));
    }

    /// The name goes out as it is: neither ours nor the HTTP library's idea of a path may touch it.
    @Test
    void sendsOddNamesUnchanged() throws Exception {
        FileRequest odd = new FileRequest(ID, new FileRequest.SourceFile("//src/./build/../é b+%2B//x.c"));
        try (RawUpstream upstream = RawUpstream.having("int x;".getBytes(UTF_8));
                TestBed bed = new TestBed(
                        Limits.patient(),
                        TestBed.LOOPBACK,
                        Upstream.of("http://127.0.0.1:" + upstream.port() + "/pre/"))) {
            assertThat(bed.upstreams.fetch(odd, ForwardedHeaders.OWN).winner()).isPresent();
            assertThat(upstream.heads())
                    .singleElement()
                    .asString()
                    .startsWith("GET /pre/buildid/a0b1/source//src/./build/../%C3%A9%20b%2B%252B//x.c HTTP/1.1\r\n");
            assertThat(bed.taken.kept()).containsExactly("int x;".getBytes(UTF_8));
        }
    }
}
