package dev.stackmapd.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import dev.stackmapd.fixtures.Capture;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.images.builder.ImageFromDockerfile;

/// Builds the image from the jar that this build has made and runs it with nothing that it should not need: no root, no
/// capability, no writable file but `/tmp` and the volume, and nothing executable in `/tmp`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(ContainerEngine.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ImageIT {
    private static final int PORT = 8080;
    private static final int STOP_SECONDS = 30;
    private static final int ENDED_BY_SIGTERM = 128 + 15;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ImageFromDockerfile image = image();
    private final GenericContainer<?> container =
            container(image).withEnv("STACKMAPD_SECURITY_ALLOWUNAUTHENTICATED", "true");

    @BeforeAll
    void start() {
        container.start();
        ImageHealthCheck.awaitHealthy(container);
    }

    @AfterAll
    void end() {
        container.stop();
    }

    @Test
    void isNobodyAndCanWriteOnlyToItsVolumeAndTmp() throws Exception {
        assertThat(container.execInContainer("id", "-u").getStdout()).isEqualToIgnoringNewLines("65532");
        assertThat(container.execInContainer("touch", "/data/x", "/tmp/x")).returns(0, ExecResult::getExitCode);
        assertThat(container.execInContainer("touch", "/app/x").getStderr()).contains("Read-only file system");
        assertThat(container.execInContainer("cat", "/proc/1/status").getStdout())
                .containsPattern("CapEff:\\s+0{16}\n");
    }

    @Test
    void answersOnItsHealthPaths() throws Exception {
        assertThat(get("/actuator/health/liveness")).isEqualTo(200);
        assertThat(get("/actuator/health/readiness")).isEqualTo(200);
    }

    @Test
    void refusesToListenForOthersUnlessToldToBeOpen() {
        ToStringConsumer log = new ToStringConsumer();
        try (GenericContainer<?> closed = container(image)
                .withLogConsumer(log)
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy())
                .withStartupAttempts(1)) {
            assertThatThrownBy(closed::start).isInstanceOf(ContainerLaunchException.class);
        }
        await().untilAsserted(
                        () -> assertThat(log.toUtf8String()).contains("stackmapd.security.allow-unauthenticated"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"odd-mappings", "python", "demo"})
    void storesACaptureAndGivesTheKernelsFramesBack(String capture) throws Exception {
        new CaptureRoundTrip(http, URI.create(base())).check(Capture.named(capture));
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void endsInOrderWhenToldTo() {
        container
                .getDockerClient()
                .stopContainerCmd(container.getContainerId())
                .withTimeout(STOP_SECONDS)
                .exec();
        assertThat(container.getCurrentContainerInfo().getState().getExitCodeLong())
                .isEqualTo(ENDED_BY_SIGTERM);
        assertThat(container.getLogs()).contains("Graceful shutdown complete");
    }

    private int get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(base() + path)).build(), BodyHandlers.discarding())
                .statusCode();
    }

    private String base() {
        return "http://%s:%d".formatted(container.getHost(), container.getMappedPort(PORT));
    }

    private static ImageFromDockerfile image() {
        Path checkout = Path.of(Objects.requireNonNull(System.getProperty("stackmapd.checkout"), "run by Maven"));
        ImageFromDockerfile image =
                new ImageFromDockerfile().withFileFromPath("Dockerfile", checkout.resolve("docker/Dockerfile"));
        for (String file : List.of("docker/health", "service/target/stackmapd.jar")) {
            image.withFileFromPath(file, checkout.resolve(file));
        }
        return image;
    }

    /// AOTMode `on` makes the JVM refuse to start when the image's AOT cache does not fit; by itself it would be
    /// silent.
    private static GenericContainer<?> container(ImageFromDockerfile image) {
        return new GenericContainer<>(image)
                .withEnv("JDK_JAVA_OPTIONS", "-XX:AOTMode=on")
                .withTmpFs(Map.of("/tmp", "rw,noexec,nosuid,nodev"))
                .withExposedPorts(PORT)
                .withCreateContainerCmdModifier(create -> restrict(Objects.requireNonNull(create.getHostConfig())));
    }

    private static void restrict(HostConfig host) {
        host.withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withPortBindings(new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(PORT)));
    }
}
