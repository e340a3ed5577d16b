package dev.stackmapd.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimVolumeSource;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerChartTest {
    private static final String OPEN = "security: {allowUnauthenticated: true}\n";

    private Charts charts;

    @BeforeAll
    void copy(@TempDir Path folder) {
        charts = Charts.copiedTo(folder);
    }

    @Test
    void lintsStrictly() {
        assertThat(charts.lint(Charts.SERVER)).matches(result -> !result.isFailed(), "no finding");
    }

    @Test
    void rendersOneServerAndItsService() {
        Manifests manifests = render(OPEN);

        assertThat(manifests.kinds()).containsExactlyInAnyOrder("StatefulSet", "Service");
        StatefulSet server = manifests.only(StatefulSet.class);
        Service service = manifests.only(Service.class);
        assertThat(server.getSpec().getReplicas()).isEqualTo(1);
        assertThat(server.getSpec().getServiceName())
                .isEqualTo(service.getMetadata().getName());
        assertThat(server.getSpec().getSelector().getMatchLabels())
                .isEqualTo(service.getSpec().getSelector());
        assertThat(server.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
        assertThat(container(manifests).getImage()).isEqualTo("stackmapd:" + System.getProperty("stackmapd.version"));
    }

    @Test
    void runsAsNobodyWithNothingItDoesNotNeed() {
        Manifests manifests = render(OPEN);

        PodSpec pod = pod(manifests);
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getEnableServiceLinks()).isFalse();
        assertThat(pod.getSecurityContext())
                .returns(true, PodSecurityContext::getRunAsNonRoot)
                .returns(65532L, PodSecurityContext::getRunAsUser)
                .returns(
                        "RuntimeDefault", context -> context.getSeccompProfile().getType());
        Restrictions.requireOn(container(manifests));
    }

    @Test
    void writesOnlyToItsTwoVolumes() {
        Manifests manifests = render(OPEN);

        assertThat(container(manifests).getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .containsExactlyInAnyOrder("/data", "/tmp");
        assertThat(pod(manifests).getVolumes()).allMatch(volume -> volume.getEmptyDir() != null);
    }

    /// A volume over its limit costs the pod. Kubernetes' Mi is Spring's MB: 1024 times 1024.
    @ParameterizedTest
    @CsvSource({"10GB, 11264Mi", "500MB, 1524Mi"})
    void itsCacheFitsIntoItsVolume(String quota, String size) {
        Manifests manifests = render(OPEN + "artifacts: {quota: %s}\n".formatted(quota));

        assertThat(environment(manifests))
                .containsEntry("STACKMAPD_SHUTDOWNDELAY", "5s")
                .containsEntry("STACKMAPD_ARTIFACTS_STORAGE", "/data/artifacts")
                .containsEntry("STACKMAPD_ARTIFACTS_QUOTA", quota);
        assertThat(volume(manifests, "data").getEmptyDir().getSizeLimit()).isEqualTo(new Quantity(size));
    }

    @Test
    void keepsItsCacheOnAClaimWhereToldTo() {
        Manifests manifests = render(OPEN + "artifacts: {storageClaim: mine}\n");

        assertThat(volume(manifests, "data").getEmptyDir()).isNull();
        assertThat(volume(manifests, "data").getPersistentVolumeClaim())
                .returns("mine", PersistentVolumeClaimVolumeSource::getClaimName)
                .returns(null, PersistentVolumeClaimVolumeSource::getReadOnly);
    }

    @Test
    void asksUpstreamsAndReadsSourcesWhereToldTo() {
        Manifests manifests = render(OPEN + """
                debuginfod: {upstreams: ['https://a/', 'http://b:8002/'], allow: [b, 10.0.0.0/8], sourcesClaim: code}
                """);

        assertThat(environment(manifests))
                .containsEntry("STACKMAPD_DEBUGINFOD_UPSTREAMS", "https://a/,http://b:8002/")
                .containsEntry("STACKMAPD_DEBUGINFOD_ALLOW", "b,10.0.0.0/8")
                .containsEntry("STACKMAPD_DEBUGINFOD_SOURCES", "/sources");
        assertThat(container(manifests).getVolumeMounts())
                .anyMatch(mount -> mount.getMountPath().equals("/sources") && mount.getReadOnly());
        assertThat(volume(manifests, "sources").getPersistentVolumeClaim().getClaimName())
                .isEqualTo("code");
        assertThat(environment(render(OPEN)))
                .doesNotContainKeys("STACKMAPD_DEBUGINFOD_UPSTREAMS", "STACKMAPD_DEBUGINFOD_SOURCES");
    }

    @Test
    void answersToTheNamesOfItsServiceAndToThoseItIsGiven() {
        String own = environment(render(OPEN)).getOrDefault("STACKMAPD_SECURITY_HOSTS", "");
        List<String> names = List.of(own.split(","));
        assertThat(names).hasSize(4).allMatch(name -> name.startsWith(names.getFirst()));
        assertThat(names.getFirst()).contains("stackmapd");
        assertThat(names.getLast()).endsWith(".svc.cluster.local");
        assertThat(environment(render("security: {allowUnauthenticated: true, hosts: [profiles.example]}\n")))
                .containsEntry("STACKMAPD_SECURITY_HOSTS", own + ",profiles.example");
    }

    @Test
    void isProbedOnTheHealthPaths() {
        Container container = container(render(OPEN));

        assertProbe(container.getLivenessProbe(), "/actuator/health/liveness");
        assertProbe(container.getReadinessProbe(), "/actuator/health/readiness");
        assertProbe(container.getStartupProbe(), "/actuator/health/liveness");
    }

    @Test
    void mountsArtifactsReadOnlyWhereToldTo() {
        Manifests manifests = render(OPEN + "artifacts: {claim: debug-files}\n");

        assertThat(environment(manifests)).containsEntry("STACKMAPD_ARTIFACTS_DIRECTORIES", "/artifacts");
        assertThat(container(manifests).getVolumeMounts())
                .anyMatch(mount -> mount.getMountPath().equals("/artifacts") && mount.getReadOnly());
        assertThat(pod(manifests).getVolumes())
                .anyMatch(volume -> volume.getPersistentVolumeClaim() != null
                        && volume.getPersistentVolumeClaim().getClaimName().equals("debug-files"));
    }

    @Test
    void asksForScrapesWhereToldTo() {
        Manifests manifests = render(OPEN + """
                serviceMonitor: {enabled: true, interval: 10s, labels: {team: perf}}
                """);

        GenericKubernetesResource monitor = manifests.only(GenericKubernetesResource.class);
        assertThat(monitor.getKind()).isEqualTo("ServiceMonitor");
        assertThat(monitor.getMetadata().getLabels()).containsEntry("team", "perf");
        assertThat(monitor.getAdditionalProperties())
                .isEqualTo(Map.of(
                        "spec",
                        Map.of(
                                "selector",
                                Map.of(
                                        "matchLabels",
                                        manifests.only(Service.class).getSpec().getSelector()),
                                "endpoints",
                                List.of(Map.of("port", "http", "path", "/actuator/prometheus", "interval", "10s")))));
    }

    @Test
    void letsOnlyTheNamedPeersInWhereToldTo() {
        NetworkPolicy nobody = render(OPEN + "networkPolicy: {enabled: true}\n").only(NetworkPolicy.class);
        NetworkPolicy agents = render(OPEN + """
                        networkPolicy: {enabled: true, from: [{podSelector: {matchLabels: {role: agent}}}]}
                        """).only(NetworkPolicy.class);

        assertThat(nobody.getSpec().getPolicyTypes()).containsExactly("Ingress");
        assertThat(nobody.getSpec().getIngress()).isEmpty();
        assertThat(agents.getSpec().getIngress()).singleElement().satisfies(rule -> {
            assertThat(rule.getPorts()).singleElement().returns(new IntOrString("http"), port -> port.getPort());
            assertThat(rule.getFrom().getFirst().getPodSelector().getMatchLabels())
                    .containsEntry("role", "agent");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "image: {repository: mine}",
                "image: {tag: v1}",
                "image: {pullPolicy: Always}",
                "imagePullSecrets: [{name: a}]",
                "networkPolicy: {enabled: true}",
                "networkPolicy: {enabled: true, from: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
                "artifacts: {claim: a}",
                "artifacts: {storageClaim: a}",
                "artifacts: {quota: 20GB}",
                "artifacts: {freePercent: 0}",
                "artifacts: {evictUploads: true}",
                "artifacts: {maxFile: 100MB}",
                "artifacts: {maxUploadTime: 90s}",
                "debuginfod: {upstreams: ['https://a/']}",
                "debuginfod: {allow: [10.0.0.0/8]}",
                "debuginfod: {timeout: 30s}",
                "debuginfod: {sourcesClaim: a}",
                "env: [{name: JDK_JAVA_OPTIONS, value: -Xlog}]",
                "service: {port: 80}",
                "serviceMonitor: {enabled: true}",
                "serviceMonitor: {enabled: true, interval: 5m}",
                "serviceMonitor: {enabled: true, labels: {a: b}}",
                "resources: {limits: {memory: 2Gi}}",
                "nodeSelector: {disk: ssd}",
                "tolerations: [{key: a, operator: Exists}]",
                "affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}",
            })
    void everyValueChangesWhatIsRenderedAndStaysOfItsType(String values) {
        String rendered = charts.render(Charts.SERVER, OPEN + values);

        assertThat(Manifests.parse(rendered).kinds()).contains("StatefulSet", "Service");
        assertThat(rendered).isNotEqualTo(charts.render(Charts.SERVER, OPEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replicas: 2",
                "image: {name: a}",
                "image: {pullPolicy: Sometimes}",
                "image: {tag: 'a b'}",
                "imagePullSecrets: [a]",
                "security: {open: 'yes'}",
                "security: {allowUnauthenticated: true, hosts: ['a,b']}",
                "artifacts: {claim: 7}",
                "artifacts: {maxInflated: 1GB}",
                "artifacts: {quota: 10}",
                "artifacts: {freePercent: 101}",
                "artifacts: {evictUploads: 'yes'}",
                "artifacts: {maxFile: 1TB}",
                "artifacts: {maxUploadTime: 0s}",
                "debuginfod: {upstreams: ['file:///etc']}",
                "debuginfod: {upstreams: 'https://a/'}",
                "debuginfod: {allow: ['a,b']}",
                "debuginfod: {timeout: soon}",
                "env: [{name: A, value: 7}]",
                "env: [{value: a}]",
                "service: {port: 0}",
                "service: {port: 70000}",
                "serviceMonitor: {interval: often}",
                "resources: {limits: {memory: much}}",
                "resources: {limit: {memory: 1Gi}}",
                "networkPolicy: {from: [{}]}",
            })
    void theSchemaRefuses(String values) {
        assertThatThrownBy(() -> charts.render(Charts.SERVER, values)).hasMessageContaining("schema");
    }

    @Test
    void doesNotOpenByItself() {
        assertThatThrownBy(() -> charts.render(Charts.SERVER, ""))
                .hasMessageContaining("security.allowUnauthenticated=true");
    }

    @Test
    void saysWhichKubernetesIsTooOld() {
        assertThatThrownBy(() -> charts.renderFor(Charts.OLD_KUBERNETES, Charts.SERVER, OPEN))
                .hasMessageContaining("kubeVersion: >=1.25");
    }

    @Test
    void saysAtTheEndOfAnInstallationWhereItIsAndWhatItIsNot() {
        assertThat(charts.notes(Charts.SERVER, OPEN))
                .contains("http://try-stackmapd.somewhere:8080", "without a token", "Not durable", "So do uploads");
        assertThat(charts.notes(Charts.SERVER, OPEN + "artifacts: {storageClaim: a}\n"))
                .contains("Not durable")
                .doesNotContain("uploads");
        assertThat(charts.notes(Charts.SERVER, OPEN + "networkPolicy: {enabled: true}\n"))
                .doesNotContain("without a token");
    }

    private Manifests render(String values) {
        return Manifests.parse(charts.render(Charts.SERVER, values));
    }

    private static PodSpec pod(Manifests manifests) {
        return manifests.only(StatefulSet.class).getSpec().getTemplate().getSpec();
    }

    private static Container container(Manifests manifests) {
        return pod(manifests).getContainers().getFirst();
    }

    private static Volume volume(Manifests manifests, String name) {
        return pod(manifests).getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> environment(Manifests manifests) {
        return Restrictions.environment(container(manifests));
    }

    private static void assertProbe(Probe probe, String path) {
        assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
        assertThat(probe.getHttpGet().getPort()).isEqualTo(new IntOrString("http"));
    }
}
