package dev.stackmapd.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.Map;
import java.util.stream.Collectors;

/// What every container of ours must deny itself.
final class Restrictions {
    private Restrictions() {}

    static void requireOn(Container container) {
        assertThat(container.getSecurityContext())
                .returns(true, SecurityContext::getReadOnlyRootFilesystem)
                .returns(false, SecurityContext::getAllowPrivilegeEscalation);
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
        assertThat(container.getResources().getLimits()).containsKey("memory");
    }

    static Map<String, String> environment(Container container) {
        return container.getEnv().stream().collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
    }
}
