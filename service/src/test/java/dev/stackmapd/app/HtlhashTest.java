package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/// `htlhash:…` in the place of a build-id, on every route that takes one. Python's hashlib printed the hashes.
@ExtendWith(OutputCaptureExtension.class)
class HtlhashTest extends Uploading {
    private static final String NONE = hash("no-build-id");
    private static final String SIZES = hash("sizes");

    @AfterEach
    void forgetFiles() throws IOException {
        delete("/v1/binaries/%s/executable".formatted(NONE));
        delete("/v1/binaries/%s/executable".formatted(id("sizes")));
    }

    @Test
    void aFileWithoutABuildIdIsUploadedShownServedAndDeleted(CapturedOutput log) throws Exception {
        byte[] file = fixture("no-build-id");
        assertThat(get("/v1/binaries/" + NONE).status()).isEqualTo(404);
        assertThat(upload(NONE, "executable", file).status()).isEqualTo(201);
        assertThat(upload(NONE.replace("htlhash:", "").toUpperCase(Locale.ROOT), "executable", file)
                        .status())
                .isEqualTo(422);
        assertThat(upload("htlhash:" + NONE.substring(8).toUpperCase(Locale.ROOT), "executable", file)
                        .json()
                        .get("result")
                        .asString())
                .isEqualTo("ALREADY_HELD");
        assertThat(log).contains("upload build-id=" + NONE + " kind=executable");

        JsonNode shown = get("/v1/binaries/" + NONE).json();
        assertThat(shown.get("buildId").asString()).isEqualTo(NONE);
        assertThat(shown.get("outcome").asString()).isEqualTo("KNOWN");
        assertThat(shown.at("/artifacts/0/sha256").asString()).isEqualTo(sha256(file));
        assertThat(shown.get("upstreams")).isEmpty();
        assertThat(get("/metadata?key=buildid&value=" + NONE)
                        .json()
                        .at("/results/0/buildid")
                        .asString())
                .isEqualTo(NONE);
        assertThat(download("/buildid/" + NONE + "/executable")).isEqualTo(file);
        assertThat(download("/buildid/" + NONE + "/debuginfo")).isEqualTo(file);
        assertThat(get("/buildid/" + NONE + "/section/.text").status()).isEqualTo(200);
        assertThat(get("/buildid/" + NONE.replace("htlhash:", "") + "/executable")
                        .status())
                .as("a GNU build-id of the same bytes")
                .isEqualTo(404);
        assertThat(send(request("/v1/binaries/%s/executable".formatted(NONE))
                                .header("Repr-Digest", digest(file))
                                .HEAD())
                        .status())
                .isEqualTo(204);

        assertThat(delete("/v1/binaries/%s/executable".formatted(NONE)).status())
                .isEqualTo(204);
        assertThat(get("/v1/binaries/" + NONE).status()).isEqualTo(404);
        assertThat(get("/buildid/" + NONE + "/executable").status()).isEqualTo(404);
    }

    @Test
    void aFileWithABuildIdIsFoundByItsHtlhash() throws Exception {
        byte[] file = fixture("sizes");
        assertThat(upload(id("sizes"), "executable", file).status()).isEqualTo(201);

        JsonNode shown = get("/v1/binaries/" + SIZES).json();
        assertThat(shown.get("buildId").asString()).isEqualTo(id("sizes"));
        assertThat(shown.get("outcome").asString()).isEqualTo("KNOWN");
        assertThat(shown.get("artifacts")).hasSize(1);
        assertThat(download("/buildid/" + SIZES + "/executable")).isEqualTo(file);
        assertThat(get("/buildid/" + SIZES + "/source/src/sizes.c").status())
                .isEqualTo(
                        get("/buildid/" + id("sizes") + "/source/src/sizes.c").status());
        assertThat(get("/metadata?key=buildid&value=" + SIZES)
                        .json()
                        .at("/results/0/buildid")
                        .asString())
                .isEqualTo(id("sizes"));
        assertThat(delete("/v1/binaries/%s/executable".formatted(SIZES)).status())
                .as("it is held under its build-id")
                .isEqualTo(404);
        assertThat(post("/v1/binaries/prewarm", "{\"buildIds\": [\"%s\"]}".formatted(SIZES))
                        .status())
                .isEqualTo(202);
        await().until(() ->
                get("/v1/binaries/" + SIZES).json().path("names").asString().equals("INDEX"));
    }

    @ParameterizedTest
    @CsvSource({
        "no-build-id, sizes, the file's own htlhash is htlhash:3558096dc80943868a9f8ff50389f4e4",
        "sizes, sizes, the file has a build-id: send it under",
        "sizes, no-build-id, the file has a build-id: send it under",
    })
    void whatIsNotTheFileOfTheHtlhashIsRefused(String fixture, String claimed, String said) throws Exception {
        Answer answer = upload(hash(claimed), "executable", fixture(fixture));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("detail").asString()).startsWith(said);
        if (fixture.equals("sizes")) {
            assertThat(answer.json().get("detail").asString()).contains(id("sizes"));
        }
        assertNothingIsHeld(hash(claimed));
    }

    @Test
    void aFileWithoutABuildIdUnderOneIsToldItsHtlhash() throws Exception {
        Answer answer = upload(id("sizes"), "executable", fixture("no-build-id"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("detail").asString())
                .startsWith("the file has no build-id of its own")
                .endsWith("send an executable without one under " + NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"debuginfo", "supplementary"})
    void aSeparateDebugFileHasAHashOfItsOwn(String kind) throws Exception {
        Answer answer = upload(NONE, kind, fixture("no-build-id"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("detail").asString()).contains("must be executable or dwp under an htlhash");
        assertNothingIsHeld(NONE);
    }

    /// Which executable a package belongs to is seen when a unit is looked up in it.
    @Test
    void aPackageIsTakenUnderTheHtlhashOfItsExecutable() throws Exception {
        assertThat(upload(NONE, "dwp", fixture("dwarf/split-clang5/split-clang5.dwp"))
                        .status())
                .isEqualTo(201);
        assertThat(delete("/v1/binaries/%s/dwp".formatted(NONE)).status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "htlhash:",
                "htlhash:3558",
                "htlhash:3558096dc80943868a9f8ff50389f4e400",
                "htlhash:zz58096dc80943868a9f8ff50389f4e4",
                "HTLHASH:3558096dc80943868a9f8ff50389f4e4",
                "htlhash3558096dc80943868a9f8ff50389f4e4",
            })
    void whatIsNoHtlhashIsRefused(String text) {
        assertThat(get("/v1/binaries/" + text).status()).isEqualTo(400);
        assertThat(get("/buildid/" + text + "/executable").status()).isEqualTo(400);
        assertThat(get("/metadata?key=buildid&value=" + text).status()).isEqualTo(400);
        assertThat(upload(text, "executable", new byte[1]).status()).isEqualTo(400);
    }

    private byte[] download(String path) throws Exception {
        Answer answer = get(path);
        assertThat(answer.status()).isEqualTo(200);
        try (java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient()) {
            HttpResponse<byte[]> response = client.send(request(path).build(), BodyHandlers.ofByteArray());
            return response.body();
        }
    }

    private static String hash(String fixture) {
        return "htlhash:" + line("expected/" + fixture + ".htlhash");
    }

    private static String id(String fixture) {
        return line("expected/" + fixture + ".buildid");
    }

    private static String line(String file) {
        try {
            return Files.readString(Fixtures.path(file), StandardCharsets.US_ASCII)
                    .strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
