package dev.stackmapd.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// The check itself: it must see what it is there for.
class ManifestsTest {
    private static final String GOOD = """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: a}
            spec:
              replicas: 1
              template:
                spec:
                  containers:
                    - name: b
                      securityContext: {readOnlyRootFilesystem: true}
            """;

    @Test
    void readsWhatIsRight() {
        assertThat(Manifests.parse(GOOD).kinds()).containsExactly("StatefulSet");
    }

    @Test
    void refusesAValueOfTheWrongType() {
        assertThatThrownBy(() -> Manifests.parse(GOOD.replace("replicas: 1", "replicas: many")))
                .hasMessageContaining("many");
        assertThatThrownBy(() ->
                        Manifests.parse(GOOD.replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: 7x")))
                .hasMessageContaining("7x");
    }

    @Test
    void refusesAFieldThatTheTypeDoesNotHave() {
        assertThatThrownBy(() -> Manifests.parse(GOOD.replace("readOnlyRootFilesystem", "readOnlyRootFileSystem")))
                .hasMessageContaining("Containers[].SecurityContext.readOnlyRootFileSystem");
        assertThatThrownBy(() -> Manifests.parse(GOOD.replace("replicas", "replica")))
                .hasMessageContaining("Spec.replica");
    }
}
