package dev.stackmapd.app.settings;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;

/// Every setting does something, is in the README, and is refused where it makes no sense.
class SettingsTest {
    private static final SecuritySettings CLOSED = new SecuritySettings(false, List.of());
    private static final SecuritySettings OPEN = new SecuritySettings(true, List.of());

    /// Each setting with a value that is not its default.
    private static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            Map.entry("stackmapd.mode", "sidecar"),
            Map.entry("stackmapd.shutdown-delay", "5s"),
            Map.entry("stackmapd.show-usage", "true"),
            Map.entry("stackmapd.store.max-bytes", "5MB"),
            Map.entry("stackmapd.files.access", "roots"),
            Map.entry("stackmapd.files.roots", "/srv"),
            Map.entry("stackmapd.files.names", "false"),
            Map.entry("stackmapd.artifacts.directories", "/usr/lib/debug"),
            Map.entry("stackmapd.artifacts.rescan", "5m"),
            Map.entry("stackmapd.artifacts.symbol-memory", "5MB"),
            Map.entry("stackmapd.artifacts.storage", "/srv/storage"),
            Map.entry("stackmapd.artifacts.quota", "5MB"),
            Map.entry("stackmapd.artifacts.free-percent", "5"),
            Map.entry("stackmapd.artifacts.evict-uploads", "true"),
            Map.entry("stackmapd.artifacts.max-file", "5MB"),
            Map.entry("stackmapd.artifacts.max-upload-time", "5m"),
            Map.entry("stackmapd.artifacts.scrub-period", "5d"),
            Map.entry("stackmapd.artifacts.scrub-rate", "5MB"),
            Map.entry("stackmapd.debuginfod.upstreams", "https://debuginfod.example"),
            Map.entry("stackmapd.debuginfod.allow", "10.0.0.0/8"),
            Map.entry("stackmapd.debuginfod.timeout", "5s"),
            Map.entry("stackmapd.debuginfod.sources", "/srv"),
            Map.entry("stackmapd.artifacts.index-memory", "5MB"),
            Map.entry("stackmapd.artifacts.max-inflated", "5MB"),
            Map.entry("stackmapd.security.allow-unauthenticated", "true"),
            Map.entry("stackmapd.ingest.max-encoded-body", "5MB"),
            Map.entry("stackmapd.ingest.max-body", "55MB"),
            Map.entry("stackmapd.ingest.max-body-time", "5s"),
            Map.entry("stackmapd.ingest.max-concurrent", "5"),
            Map.entry("stackmapd.ingest.max-stacks", "5"),
            Map.entry("stackmapd.ingest.max-frames", "500"),
            Map.entry("stackmapd.ingest.max-batch-frames", "5"),
            Map.entry("stackmapd.ingest.kept-frames", "5"),
            Map.entry("stackmapd.ingest.max-processes", "5"),
            Map.entry("stackmapd.ingest.max-maps-bytes", "5MB"),
            Map.entry("stackmapd.ingest.max-maps-lines", "5"),
            Map.entry("stackmapd.ingest.max-binaries", "5"),
            Map.entry("stackmapd.ingest.max-head-bytes", "5KB"),
            Map.entry("stackmapd.ingest.replay-window", "5m"),
            Map.entry("stackmapd.ingest.replay-bytes", "5MB"),
            Map.entry("stackmapd.security.hosts", "stackmapd.example"),
            Map.entry("stackmapd.stackmaps.max-bytes", "5MB"));

    /// `memory` is the only kind of store there is, so that no other value can be given.
    private static final Set<String> ONE_VALUE = Set.of("stackmapd.store.kind");

    static Stream<String> names() {
        return leaves("stackmapd", SettingsCheck.Everything.class);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everySettingIsBound(String name) {
        if (ONE_VALUE.contains(name)) {
            return;
        }
        assertThat(OTHER_VALUES).containsKey(name);
        Map<String, String> given = new HashMap<>(Map.of(name, OTHER_VALUES.get(name)));
        if (name.startsWith("stackmapd.files.")) {
            given.put("stackmapd.files.access", "roots");
            given.put("stackmapd.files.roots", "/srv");
        }
        assertThat(values(settings(given)).get(name))
                .isNotEqualTo(values(settings(Map.of())).get(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everySettingIsInTheReadme(String name) throws Exception {
        assertThat(Files.readString(Path.of("../README.md")))
                .contains("`" + name.replaceFirst("^stackmapd\\.", "") + "`");
    }

    @ParameterizedTest
    @CsvSource({
        "stackmapd.mode, central",
        "stackmapd.shutdown-delay, -1s",
        "stackmapd.store.kind, rocksdb",
        "stackmapd.store.max-bytes, 5",
        "stackmapd.store.max-bytes, much",
        "stackmapd.files.access, roots",
        "stackmapd.files.roots, /srv",
        "stackmapd.artifacts.rescan, 10ms",
        "stackmapd.artifacts.symbol-memory, -1",
        "stackmapd.artifacts.quota, 0",
        "stackmapd.artifacts.free-percent, 101",
        "stackmapd.artifacts.free-percent, -1",
        "stackmapd.artifacts.max-file, 0",
        "stackmapd.artifacts.max-upload-time, 0s",
        "stackmapd.artifacts.scrub-period, 0s",
        "stackmapd.artifacts.scrub-rate, 0B",
        "stackmapd.debuginfod.upstreams, ftp://debuginfod.example",
        "stackmapd.debuginfod.upstreams, https://user@debuginfod.example",
        "stackmapd.debuginfod.allow, 10.0.0.0/99",
        "stackmapd.debuginfod.timeout, 0s",
        "stackmapd.artifacts.index-memory, 3GB",
        "stackmapd.artifacts.max-inflated, 0",
        "stackmapd.ingest.max-body, 1KB",
        "stackmapd.ingest.max-encoded-body, 0",
        "stackmapd.ingest.max-body-time, 0s",
        "stackmapd.ingest.max-concurrent, 0",
        "stackmapd.ingest.max-batch-frames, 0",
        "stackmapd.ingest.max-stacks, 0",
        "stackmapd.ingest.max-frames, -1",
        "stackmapd.ingest.kept-frames, 0",
        "stackmapd.ingest.max-processes, 0",
        "stackmapd.ingest.max-maps-bytes, 3GB",
        "stackmapd.ingest.max-maps-lines, 0",
        "stackmapd.ingest.max-binaries, 0",
        "stackmapd.ingest.max-head-bytes, 0",
        "stackmapd.ingest.replay-window, -1s",
        "stackmapd.ingest.replay-bytes, -1",
        "stackmapd.stackmaps.max-bytes, -1",
    })
    void whatMakesNoSenseIsRefusedByName(String name, String value) {
        assertThatThrownBy(() -> settings(Map.of(name, value))).satisfies(failure -> {
            String said = Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                    .map(Throwable::getMessage)
                    .collect(joining("\n"));
            assertThat(said.replace("-", ""))
                    .containsIgnoringCase(
                            name.substring(name.lastIndexOf('.') + 1).replace("-", ""));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "::1"})
    void servesALoopbackAddressWithoutTokens(String address) throws Exception {
        assertThat(bound(InetAddress.getByName(address), CLOSED).reach()).isEqualTo(BindCheck.Reach.LOOPBACK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.0.0.1", "::"})
    void servesAnyOtherAddressOnlyWhenToldTo(String address) throws Exception {
        InetAddress network = InetAddress.getByName(address);
        assertThatThrownBy(() -> bound(network, CLOSED))
                .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                .hasMessageContaining("server.address");
        assertThat(bound(network, OPEN).reach()).isEqualTo(BindCheck.Reach.NETWORK);
    }

    @Test
    void everyAddressIsNoLoopbackAddress() {
        assertThatThrownBy(() -> bound(null, CLOSED)).hasMessageContaining("every address");
    }

    @Test
    void theManagementPortIsCheckedToo() throws Exception {
        ServerProperties server = new ServerProperties();
        server.setAddress(InetAddress.getLoopbackAddress());
        ManagementServerProperties management = new ManagementServerProperties();
        management.setPort(8081);
        assertThatThrownBy(() -> BindCheck.of(server, management, CLOSED))
                .hasMessageContaining("management.server.address");
        management.setAddress(InetAddress.getLoopbackAddress());
        assertThat(BindCheck.of(server, management, CLOSED).reach()).isEqualTo(BindCheck.Reach.LOOPBACK);
    }

    private static BindCheck bound(@Nullable InetAddress address, SecuritySettings security) {
        ServerProperties server = new ServerProperties();
        server.setAddress(address);
        return BindCheck.of(server, new ManagementServerProperties(), security);
    }

    private static SettingsCheck.Everything settings(Map<String, String> given) {
        return SettingsCheck.bound(new Binder(new MapConfigurationPropertySource(given)));
    }

    private static Stream<String> leaves(String prefix, Class<?> type) {
        return Stream.of(type.getRecordComponents()).flatMap(component -> {
            String name = prefix + "." + dashed(component);
            return component.getType().isRecord() ? leaves(name, component.getType()) : Stream.of(name);
        });
    }

    private static Map<String, Object> values(SettingsCheck.Everything settings) {
        Map<String, Object> values = new LinkedHashMap<>();
        collect("stackmapd", settings, values);
        return values;
    }

    private static void collect(String prefix, Record settings, Map<String, Object> into) {
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            String name = prefix + "." + dashed(component);
            Object value = value(component, settings);
            if (value instanceof Record nested) {
                collect(name, nested, into);
            } else {
                into.put(name, String.valueOf(value));
            }
        }
    }

    private static Object value(RecordComponent component, Record settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static String dashed(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
