package dev.stackmapd.docker;

import static org.junit.jupiter.api.Assumptions.abort;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;

/// The machine's container engine, as Testcontainers finds it, with the base images of the Dockerfile.
///
/// Where one of them is missing, the tests are skipped and the report has the reason. With
/// `-Dstackmapd.containers=required` they fail instead, so that a pipeline that counts on them cannot lose them unseen.
final class ContainerEngine {
    private static final List<String> BASE_IMAGES = List.of("eclipse-temurin:25-jre", "eclipse-temurin:25-jdk");
    private static final long PULL_SECONDS = 300;

    private ContainerEngine() {}

    /// Ends the calling test as skipped or failed where containers cannot be run here.
    static void assumePresent() throws InterruptedException {
        try {
            DockerClient client = DockerClientFactory.instance().client();
            for (String image : BASE_IMAGES) {
                fetch(client, image);
            }
        } catch (IllegalStateException e) {
            skipOrFail("no container engine: " + e.getMessage(), e);
        } catch (DockerException e) {
            skipOrFail("no base image: " + e.getMessage(), e);
        }
    }

    private static void fetch(DockerClient client, String image) throws InterruptedException {
        try {
            client.inspectImageCmd(image).exec();
        } catch (NotFoundException e) {
            client.pullImageCmd(image).start().awaitCompletion(PULL_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void skipOrFail(String reason, RuntimeException cause) {
        if (System.getProperty("stackmapd.containers", "optional").equals("required")) {
            throw new IllegalStateException(reason, cause);
        }
        abort(reason);
    }
}
