package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// What an answer says of the outermost function of some code: parts of split functions, and symbols without a size.
/// Expected are the names of `expected/parts/gcc-cold.parts` (llvm-symbolizer) and the symbols of `sizes` (readelf), in
/// files whose offsets and addresses differ by nothing or by 0x400000.
@TestPropertySource(properties = "stackmapd.artifacts.directories=../src-test-fixtures/binaries")
class NamesOfCodeTest extends LiveServer {
    private static final String GCC_COLD = "e12305c81e459d0b439a5128605c792d106e9dce";
    private static final String SIZES = "200bf03e0aaa3cc0ed32b90fbc23a1e773b167d9";

    @ParameterizedTest
    @CsvSource({
        GCC_COLD + ", 0x102e, checked(unsigned long), _Z7checkedm.cold, 0x0, false",
        GCC_COLD + ", 0x1048, checked(unsigned long), _Z7checkedm.cold, 0x1a, false",
        GCC_COLD + ", 0x1050, checked(unsigned long), _Z7checkedm, 0x0, false",
        GCC_COLD + ", 0x106d, checked(unsigned long), _Z7checkedm, 0x1d, false",
        GCC_COLD + ", 0x1072, _start, _start, 0x2, false",
        SIZES + ", 0x1008, _start, _start, 0x8, false",
        SIZES + ", 0x1010, zero_size, zero_size, 0x4, true",
        SIZES + ", 0x1025, outer, outer, 0x9, false"
    })
    void isThatOfTheSymbol(
            String buildId,
            String offset,
            String function,
            String rawName,
            String functionOffset,
            boolean approximate) {
        JsonNode frame = post(
                        "/v1/symbolize",
                        "{\"frames\": [{\"buildId\": \"%s\", \"offset\": \"%s\"}]}".formatted(buildId, offset))
                .json()
                .at("/frames/0");
        JsonNode symbol = frame.get("symbols").get(frame.get("symbols").size() - 1);
        assertThat(symbol.get("function").asString()).isEqualTo(function);
        assertThat(symbol.path("rawName").asString(function)).isEqualTo(rawName);
        assertThat(symbol.get("functionOffset").asString()).isEqualTo(functionOffset);
        assertThat(symbol.path("approximate").asBoolean(false)).isEqualTo(approximate);
        assertThat(symbol.has("approximate")).isEqualTo(approximate);
    }
}
