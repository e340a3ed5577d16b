package dev.stackmapd.helm;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The resources in what Helm has rendered, each read as its Kubernetes type.
///
/// A value of the wrong type is refused by the reader. A field that the type does not have is kept by the reader as
/// "additional", which is refused here. A resource of a kind that Kubernetes itself does not have (ServiceMonitor) is
/// read without a type, and nothing is checked.
record Manifests(List<HasMetadata> resources) {
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    Manifests {
        resources = List.copyOf(resources);
    }

    /// @throws IllegalArgumentException for YAML that is not of its type; the message has the field
    static Manifests parse(String rendered) {
        List<HasMetadata> resources = Stream.of(rendered.split("(?m)^---$"))
                .filter(document -> !document.isBlank())
                .map(Manifests::parseOne)
                .toList();
        return new Manifests(resources);
    }

    /// The one resource of this type.
    <T extends HasMetadata> T only(Class<T> type) {
        List<T> found =
                resources.stream().filter(type::isInstance).map(type::cast).toList();
        if (found.size() != 1) {
            throw new IllegalStateException(found.size() + " of " + type.getSimpleName());
        }
        return found.getFirst();
    }

    /// The kinds, in the order of rendering.
    List<String> kinds() {
        return resources.stream().map(HasMetadata::getKind).toList();
    }

    private static HasMetadata parseOne(String document) {
        HasMetadata resource = SERIALIZATION.unmarshal(document);
        List<String> unknown = new ArrayList<>();
        if (!(resource instanceof GenericKubernetesResource)) {
            collectUnknown(resource.getKind(), resource, unknown);
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("no such field: " + String.join(", ", unknown));
        }
        return resource;
    }

    private static void collectUnknown(String at, @Nullable Object value, List<String> unknown) {
        switch (value) {
            case Collection<?> list -> list.forEach(item -> collectUnknown(at + "[]", item, unknown));
            case Map<?, ?> map -> map.forEach((key, item) -> collectUnknown(at + "." + key, item, unknown));
            case KubernetesResource typed -> collectUnknownFields(at, typed, unknown);
            case null, default -> {}
        }
    }

    private static void collectUnknownFields(String at, KubernetesResource typed, List<String> unknown) {
        for (Method method : typed.getClass().getMethods()) {
            if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
                continue;
            }
            Object value = call(method, typed);
            if (method.getName().equals("getAdditionalProperties")) {
                ((Map<?, ?>) value).keySet().forEach(key -> unknown.add(at + "." + key));
            } else if (method.getDeclaringClass() != Object.class) {
                collectUnknown(at + "." + method.getName().substring("get".length()), value, unknown);
            }
        }
    }

    private static Object call(Method getter, Object on) {
        try {
            return getter.invoke(on);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(getter.toString(), e);
        }
    }
}
