package dev.stackmapd.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The sidecar as the example's chart includes it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SidecarChartTest {
    private static final String NOTHING = "";

    private Charts charts;

    @BeforeAll
    void copy(@TempDir Path folder) {
        charts = Charts.copiedTo(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {Charts.SIDECAR, Charts.EXAMPLE})
    void lintsStrictly(String chart) {
        assertThat(charts.lint(chart)).matches(result -> !result.isFailed(), "no finding");
    }

    @Test
    void isANativeSidecarThatSeesTheWorkloadsProcesses() {
        PodSpec pod = pod(NOTHING);

        assertThat(pod.getShareProcessNamespace()).isTrue();
        assertThat(pod.getInitContainers()).singleElement().isEqualTo(sidecar(pod));
        assertThat(sidecar(pod).getRestartPolicy()).isEqualTo("Always");
        assertThat(sidecar(pod).getImage()).isEqualTo("stackmapd:" + System.getProperty("stackmapd.version"));
    }

    /// ptrace(2), "Ptrace access mode checking": both ids of the reader must be those of the process that is read.
    @ParameterizedTest
    @ValueSource(longs = {1000, 3_000_000_000L})
    void isTheSameUserAndGroupAsTheWorkload(long id) {
        PodSpec pod = pod("runAsUser: %d, runAsGroup: %d".formatted(id, id));

        assertThat(sidecar(pod).getSecurityContext())
                .returns(id, SecurityContext::getRunAsUser)
                .returns(id, SecurityContext::getRunAsGroup)
                .returns(true, SecurityContext::getRunAsNonRoot);
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(id);
        assertThat(pod.getSecurityContext().getRunAsGroup()).isEqualTo(id);
        assertThat(pod.getContainers())
                .allMatch(workload -> workload.getSecurityContext().getRunAsUser() == null);
    }

    @Test
    void listensOnLoopbackOnlyAsASidecar() {
        Container sidecar = sidecar(pod("port: 9000"));

        assertThat(Restrictions.environment(sidecar))
                .containsEntry("STACKMAPD_MODE", "sidecar")
                .containsEntry("STACKMAPD_FILES_ACCESS", "proc")
                .containsEntry("SERVER_ADDRESS", "127.0.0.1")
                .containsEntry("SERVER_PORT", "9000")
                .doesNotContainKey("STACKMAPD_SECURITY_ALLOWUNAUTHENTICATED");
        assertThat(sidecar.getPorts()).isEmpty();
    }

    @Test
    void neverHoldsTheWorkloadUp() {
        Container sidecar = sidecar(pod(NOTHING));

        assertThat(sidecar.getStartupProbe()).isNull();
        assertThat(sidecar.getReadinessProbe()).isNull();
        assertThat(sidecar.getLivenessProbe().getExec().getCommand()).containsExactly("/app/health", "liveness");
    }

    @Test
    void deniesItselfWhatItDoesNotNeed() {
        PodSpec pod = pod(NOTHING);

        Restrictions.requireOn(sidecar(pod));
        assertThat(sidecar(pod).getSecurityContext().getSeccompProfile().getType())
                .isEqualTo("RuntimeDefault");
        assertThat(sidecar(pod).getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .containsExactlyInAnyOrder("/data", "/tmp");
        List<String> volumes = pod.getVolumes().stream().map(Volume::getName).toList();
        assertThat(sidecar(pod).getVolumeMounts())
                .extracting(VolumeMount::getName)
                .containsExactlyInAnyOrderElementsOf(volumes);
    }

    @ParameterizedTest
    @CsvSource({"3GB, 4096Mi", "100MB, 1124Mi"})
    void itsCacheFitsIntoItsVolume(String quota, String size) {
        PodSpec pod = pod("artifacts: {quota: %s}".formatted(quota));

        assertThat(Restrictions.environment(sidecar(pod)))
                .containsEntry("STACKMAPD_ARTIFACTS_STORAGE", "/data/artifacts")
                .containsEntry("STACKMAPD_ARTIFACTS_QUOTA", quota);
        assertThat(pod.getVolumes())
                .filteredOn(volume -> volume.getName().equals("stackmapd-data"))
                .singleElement()
                .returns(new Quantity(size), volume -> volume.getEmptyDir().getSizeLimit());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image: {repository: mine}",
                "image: {tag: v1}",
                "image: {pullPolicy: Never}",
                "runAsUser: 7",
                "runAsGroup: 7",
                "port: 9000",
                "artifacts: {quota: 3GB}",
                "artifacts: {freePercent: 0}",
                "artifacts: {evictUploads: true}",
                "artifacts: {maxFile: 100MB}",
                "artifacts: {maxUploadTime: 90s}",
                "debuginfod: {upstreams: ['https://a/']}",
                "debuginfod: {allow: [10.0.0.0/8]}",
                "debuginfod: {timeout: 30s}",
                "env: [{name: JDK_JAVA_OPTIONS, value: -Xlog}]",
                "resources: {limits: {memory: 1Gi}}",
            })
    void everyValueChangesWhatIsRenderedAndStaysOfItsType(String value) {
        assertThat(sidecar(pod(value))).isNotEqualTo(sidecar(pod(NOTHING)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runAsUser: 0",
                "runAsUser: app",
                "runAsGroup: -1",
                "port: 80",
                "upstream: server",
                "artifacts: {quota: 1}",
                "artifacts: {maxInflated: 1GB}",
                "artifacts: {freePercent: -1}",
                "debuginfod: {upstreams: [server]}",
                "image: {pullPolicy: Sometimes}",
                "env: [{name: 7}]",
                "resources: {limits: {memory: much}}",
            })
    void theSchemaRefuses(String value) {
        assertThatThrownBy(() -> pod(value)).hasMessageContaining("schema");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runAsUser", "runAsGroup"})
    void mustBeToldWhoTheWorkloadIs(String value) {
        assertThatThrownBy(() -> pod(value + ": null")).hasMessageContaining("stackmapd-sidecar." + value + " must be");
    }

    @Test
    void isRefusedWhereItWouldKeepTheWorkloadFromStarting() {
        assertThatThrownBy(() -> charts.renderFor(Charts.OLD_KUBERNETES, Charts.EXAMPLE, NOTHING))
                .hasMessageContaining("native sidecar");
    }

    private PodSpec pod(String sidecarValue) {
        String rendered = charts.render(Charts.EXAMPLE, "stackmapd-sidecar: {%s}".formatted(sidecarValue));
        return Manifests.parse(rendered)
                .only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static Container sidecar(PodSpec pod) {
        return pod.getInitContainers().getFirst();
    }
}
