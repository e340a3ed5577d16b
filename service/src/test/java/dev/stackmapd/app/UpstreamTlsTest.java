package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.stackmapd.Tools;
import dev.stackmapd.fixtures.Fixtures;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Upstreams over TLS: a certificate has to be trusted, and to be the host's, although the connection goes to an
/// address that was looked up before.
class UpstreamTlsTest extends LiveServer {
    private static final String ID = "bfcaaf63a130aa2f0d2a07882c7b9cbd11c42fa2";
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path directory;

    @Test
    void aTrustedHostIsBelieved() throws Exception {
        Path store = certificate("localhost");
        try (Upstream upstream = new Upstream(store);
                ChildServer server = serverOf(upstream, "-Djavax.net.ssl.trustStore=" + store)) {
            port = server.port();
            assertThat(get("/buildid/%s/executable".formatted(ID)).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"other.example, true", "localhost, false"})
    void anotherHostsCertificateAndOneOfNobodyAreNot(String host, boolean trusted) throws Exception {
        Path store = certificate(host);
        String trust = trusted ? "-Djavax.net.ssl.trustStore=" + store : "-Dnone=true";
        try (Upstream upstream = new Upstream(store);
                ChildServer server = serverOf(upstream, trust)) {
            port = server.port();
            assertThat(get("/buildid/%s/executable".formatted(ID)).status()).isEqualTo(404);
            assertThat(get("/v1/binaries/" + ID).json().get("upstreams").valueStream())
                    .anySatisfy(answer -> {
                        assertThat(answer.get("outcome").asString()).isEqualTo("UNREACHABLE");
                        assertThat(answer.get("detail").asString()).isEqualTo("tls");
                    });
        }
    }

    private ChildServer serverOf(Upstream upstream, String trust) throws IOException {
        return ChildServer.start(
                directory,
                List.of(),
                List.of(
                        trust,
                        "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                        "--stackmapd.debuginfod.upstreams=https://localhost:%d/".formatted(upstream.port()),
                        "--stackmapd.debuginfod.allow=localhost"));
    }

    /// A key with a certificate that it has signed itself, as its own authority.
    private Path certificate(String host) {
        Path store = directory.resolve(host + ".p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Tools.Run run = Tools.run(
                Map.of(),
                List.of(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "upstream",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=upstream",
                        "-ext",
                        "san=dns:" + host,
                        "-ext",
                        "bc:c=ca:true",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD));
        assertThat(run.code()).as(run.out()).isZero();
        return store;
    }

    /// Has one executable.
    private static final class Upstream implements AutoCloseable {
        private final HttpsServer server;

        Upstream(Path store) throws Exception {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(keys, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            server.createContext("/", Upstream::answer);
            server.start();
        }

        private static void answer(HttpExchange exchange) throws IOException {
            try (exchange) {
                if (exchange.getRequestURI().getPath().endsWith("/executable")) {
                    byte[] file = Files.readAllBytes(Fixtures.path("binaries/split/stripped"));
                    exchange.sendResponseHeaders(200, file.length);
                    exchange.getResponseBody().write(file);
                } else {
                    exchange.sendResponseHeaders(404, -1);
                }
            }
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
