package dev.stackmapd.docker;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/// Runs a test class only where there is a container engine, as Testcontainers finds it, and the Dockerfile's base
/// images.
///
/// Where one of them is missing, every test is reported as skipped, with the reason. With
/// `-Dstackmapd.containers=required` that is a failure, so that a pipeline that counts on the tests cannot lose them
/// unseen.
final class ContainerEngine implements ExecutionCondition {
    private static final List<String> BASE_IMAGES = List.of("eclipse-temurin:25-jre", "eclipse-temurin:25-jdk");
    private static final long PULL_SECONDS = 300;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        try {
            DockerClient client = DockerClientFactory.instance().client();
            for (String image : BASE_IMAGES) {
                fetch(client, image);
            }
            return enabled("engine and base images are there");
        } catch (DockerException e) {
            return skipped("no base image: " + e.getMessage());
        } catch (IllegalStateException e) {
            return skipped("no container engine: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return skipped("interrupted while pulling a base image");
        }
    }

    /// Looks once more after pulling: docker-java's own callback cannot read how podman says that there is no such
    /// image.
    private static void fetch(DockerClient client, String image) throws InterruptedException {
        try {
            client.inspectImageCmd(image).exec();
        } catch (NotFoundException e) {
            client.pullImageCmd(image)
                    .exec(new ResultCallback.Adapter<PullResponseItem>())
                    .awaitCompletion(PULL_SECONDS, TimeUnit.SECONDS);
            client.inspectImageCmd(image).exec();
        }
    }

    private static ConditionEvaluationResult skipped(String reason) {
        if (System.getProperty("stackmapd.containers", "optional").equals("required")) {
            throw new IllegalStateException(reason);
        }
        LoggerFactory.getLogger(ContainerEngine.class).warn("tests skipped: {}", reason);
        return disabled(reason);
    }
}
