package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// How much of a name is shown can be chosen wherever names are answered. Expected are the answers of
/// `llvm-cxxfilt-19` for `_ZN4shop6BasketINS_4ItemELi64EE3addES1_`, with and without `--no-params`; `simple` is the
/// latter without template arguments.
@TestPropertySource(properties = "stackmapd.artifacts.directories=../src-test-fixtures/binaries")
class DemanglingTest extends LiveServer {
    private static final String RAW = "_ZN4shop6BasketINS_4ItemELi64EE3addES1_";
    private static final String FRAME =
            "{\"buildId\": \"ce34c758044aae4d0e71125f34c5d06410e5fe37\", \"offset\": \"0x1660\"}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none      | _ZN4shop6BasketINS_4ItemELi64EE3addES1_
            simple    | shop::Basket::add
            templates | shop::Basket<shop::Item, 64>::add
            full      | shop::Basket<shop::Item, 64>::add(shop::Item)""")
    void isChosenPerRequest(String mode, String function) {
        String query = "?demangle=" + mode;
        String id = stored();
        assertIs(function, get("/v1/stacks/" + id + query).json().at("/frames/0"));
        assertIs(
                function,
                post("/v1/stacks/query" + query, "{\"ids\": [\"" + id + "\"]}")
                        .json()
                        .at("/stacks/0/frames/0"));
        assertIs(
                function,
                post("/v1/symbolize" + query, "{\"frames\": [" + FRAME + "]}")
                        .json()
                        .at("/frames/0"));
    }

    @Test
    void isFullUnlessChosen() {
        assertIs(
                "shop::Basket<shop::Item, 64>::add(shop::Item)",
                get("/v1/stacks/" + stored()).json().at("/frames/0"));
    }

    @ParameterizedTest
    @CsvSource({"FULL", "some"})
    void anUnknownModeIsRefused(String mode) {
        for (Answer answer : new Answer[] {
            get("/v1/stacks/" + stored() + "?demangle=" + mode),
            get("/v1/stacks/" + stored() + "?symbols=false&demangle=" + mode),
            post("/v1/stacks/query?demangle=" + mode, "{\"ids\": []}"),
            post("/v1/symbolize?demangle=" + mode, "{\"frames\": []}")
        }) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().get("field").asString()).isEqualTo("demangle");
            assertThat(answer.json().get("detail").asString()).contains("none, simple, templates, full");
        }
    }

    private String stored() {
        return post("/v1/batches", "{\"stacks\": [{\"frames\": [" + FRAME + "]}]}")
                .json()
                .at("/ids/0")
                .asString();
    }

    private static void assertIs(String function, JsonNode frame) {
        JsonNode symbol = frame.at("/symbols").get(frame.at("/symbols").size() - 1);
        assertThat(symbol.get("function").asString()).isEqualTo(function);
        assertThat(symbol.has("rawName")).isEqualTo(!function.equals(RAW));
        assertThat(symbol.path("rawName").asString(RAW)).isEqualTo(RAW);
    }
}
