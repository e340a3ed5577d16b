package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/// What is refused before a handler sees it. Requests are written by hand: clients would not send them.
@TestPropertySource(properties = "stackmapd.security.hosts=profiles.example, [2001:db8::7]")
class RequestCheckTest extends LiveServer {
    private static final int MOST_PARAMETERS = 1_000;
    private static final String EMPTY_BATCH =
            "Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"stacks\": []}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:8080",
                "127.0.0.1",
                "127.8.8.8:1",
                "[::1]:8080",
                "localhost",
                "LOCALHOST:8080",
                "profiles.example",
                "Profiles.Example:443",
                "[2001:db8::7]:8080"
            })
    void takesRequestsForThisHost(String host) throws IOException {
        assertThat(exchange("GET /v1/stacks HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "profiles.example.evil",
                "8.8.8.8",
                "[2001:db8::8]",
                "0.0.0.0"
            })
    void refusesRequestsForOthers(String host) throws IOException {
        for (String line : List.of("GET /v1/stacks", "GET /", "GET /actuator/prometheus", "DELETE /v1/stackmaps/a")) {
            Said said = exchange(line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(said.status()).as(line).isEqualTo(421);
            assertThat(said.problem().get("detail").asString()).contains("stackmapd.security.hosts");
        }
    }

    /// HTTP/1.0 has no `Host`, and programs send no `Origin`.
    @Test
    void takesRequestsWithoutHost() throws IOException {
        assertThat(exchange("GET /v1/stacks HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
        assertThat(exchange("POST /v1/batches HTTP/1.0\r\n" + EMPTY_BATCH).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, 200",
        "https://profiles.example, 200",
        "http://127.0.0.1:3000, 403",
        "http://localhost:8080, 403",
        "https://evil.example, 403",
        "https://profiles.example.evil, 403",
        "null, 403",
        "file://, 403",
        "::, 403"
    })
    void pagesOfOtherOriginsChangeNothing(String origin, int status) throws IOException {
        assertThat(exchange("POST /v1/batches HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nOrigin: " + origin + "\r\n"
                                + EMPTY_BATCH)
                        .status())
                .isEqualTo(status);
        assertThat(exchange("GET /v1/stacks HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nOrigin: " + origin + "\r\n\r\n")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%zz", "a=%", "after=%ff%fe", "%c0%af=1"})
    void aQueryThatCannotBeDecodedIsRefused(String query) throws IOException {
        for (String path : List.of("/v1/stacks", "/v1/binaries", "/actuator/health", "/none")) {
            Said said = exchange("GET " + path + "?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(said.status()).as(path).isEqualTo(400);
            assertThat(said.problem().get("detail").asString()).contains("query");
        }
    }

    @Test
    void soIsOneOfTooManyParameters() throws IOException {
        String query = "a&".repeat(MOST_PARAMETERS + 1);
        assertThat(exchange("GET /v1/stacks?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /a\"b<c> HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: 1\r\n\r\n",
                "GARBAGE\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET /%2e%2e/%2e%2e/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: odd\r\n\r\n"
            })
    void whatTomcatRefusesIsAProblemToo(String request) throws IOException {
        Said said = exchange(request);
        assertThat(said.status()).isBetween(400, 501);
        assertThat(said.problem().get("status").asInt()).isEqualTo(said.status());
        assertThat(said.text()).doesNotContainIgnoringCase("<html").doesNotContain("Tomcat");
    }

    @Test
    void noRouteTakesForms() throws IOException {
        for (String path : List.of("/v1/batches", "/v1/stacks/query", "/v1/symbolize", "/v1/binaries/prewarm")) {
            Said said = exchange("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: multipart/form-data\r\nContent-Length: 1\r\n\r\na");
            assertThat(said.status()).as(path).isEqualTo(415);
        }
    }

    @Test
    void theErrorPageIsNoPage() throws IOException {
        Said said = exchange("GET /error HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(said.status()).isEqualTo(404);
        assertThat(said.problem().get("status").asInt()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/stacks", "/none", "/actuator/health", "/swagger-ui.html", "/buildid/00/executable"})
    void everyAnswerTellsBrowsersToBeCareful(String path) throws IOException {
        assertThat(exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .text())
                .contains("X-Content-Type-Options: nosniff")
                .contains("Referrer-Policy: no-referrer")
                .contains("Cross-Origin-Resource-Policy: same-origin")
                .contains("frame-ancestors 'none'");
    }

    record Said(int status, String text) {

        /// Fails unless the answer is a problem document.
        JsonNode problem() {
            assertThat(text).containsIgnoringCase("content-type: application/problem+json");
            return JSON.readTree(text.substring(text.indexOf('{'), text.lastIndexOf('}') + 1));
        }
    }

    private Said exchange(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String closing =
                    request.startsWith("GARBAGE") ? request : request.replaceFirst("\r\n", "\r\nConnection: close\r\n");
            socket.getOutputStream().write(closing.getBytes(StandardCharsets.ISO_8859_1));
            try (InputStream in = socket.getInputStream()) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                return new Said(Integer.parseInt(text.substring(9, 12)), text);
            }
        }
    }
}
