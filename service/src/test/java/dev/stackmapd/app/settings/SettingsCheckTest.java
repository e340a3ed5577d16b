package dev.stackmapd.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.app.settings.SettingsCheck.WrongSettingException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class SettingsCheckTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stackmapd.mode | sidecarr | stackmapd.mode is \"sidecarr\", but must be one of server, sidecar",
                "stackmapd.artifacts.rescan | 5x | stackmapd.artifacts.rescan is \"5x\", but must be a number with a unit"
                        + " of time, such as 500ms, 10s, 15m, 2h or 7d",
                "stackmapd.artifacts.max-file | 1QB | stackmapd.artifacts.max-file is \"1QB\", but must be a number with"
                        + " a unit of size, such as 512KB, 64MB or 2GB",
                "stackmapd.security.allow-unauthenticated | perhaps | stackmapd.security.allow-unauthenticated is \"perhaps\", but must be true or false",
                "stackmapd.ingest.max-stacks | a | stackmapd.ingest.max-stacks is \"a\", but must be a whole number",
                "stackmapd.artifacts.free-percent | 101 | stackmapd.artifacts.free-percent must be at most 100, was 101",
                "stackmapd.artifacts.quotaa | 1 | stackmapd has no setting stackmapd.artifacts.quotaa; the README lists all",
                "stackmapd.ingest.max-stack | 5 | stackmapd has no setting stackmapd.ingest.max-stack; the README lists all",
                "stackmapd.artifacts.cache | x | stackmapd.artifacts.cache is now called stackmapd.artifacts.storage",
                "stackmapd.artifacts.cache-quota | x | stackmapd.artifacts.cache-quota is now called"
                        + " stackmapd.artifacts.quota",
                "stackmapd.artifacts.cache-bytes | x | stackmapd.artifacts.cache-bytes is now called"
                        + " stackmapd.artifacts.symbol-memory",
                "stackmapd.security.open | x | stackmapd.security.open is now called"
                        + " stackmapd.security.allow-unauthenticated",
                "server.port | abc | server.port is \"abc\", but must be a whole number",
                "server.shutdown | x | server.shutdown is \"x\", but must be one of graceful, immediate",
                "server.http2.enabled | maybe | server.http2.enabled is \"maybe\", but must be true or false",
                "management.server.port | x | management.server.port is \"x\", but must be a whole number",
                "server.address | 1.2.3.4.5 | server.address is \"1.2.3.4.5\", but must be a value of another form"
            })
    void aWrongValueIsOneSentence(String name, String value, String sentence) {
        assertThatThrownBy(() -> SettingsCheck.check(given(Map.of(name, value))))
                .isInstanceOf(WrongSettingException.class)
                .hasMessage(sentence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"server.prot", "management.foo.bar", "server.servlet.contextt", "server.tomcat.threads.maxx"})
    void anUnknownNameOfSpringsIsSaid(String name, CapturedOutput output) {
        SettingsCheck.check(given(Map.of(name, "1")));
        assertThat(output).contains(name + " is no setting of this service");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server.port",
                "server.tomcat.max-connections",
                "server.tomcat.maxConnections",
                "management.server.port",
                "management.endpoint.health.group.custom.include",
                "management.metrics.tags.region",
                "server.tomcat.additional-tld-skip-patterns[0]"
            })
    void aKnownNameIsNot(String name, CapturedOutput output) {
        SettingsCheck.check(given(Map.of(name, "1")));
        assertThat(output).doesNotContain("no setting");
    }

    /// Variables have no dashes, and old ones have underscores in their place.
    @ParameterizedTest
    @ValueSource(strings = {"SERVER_PORT", "SERVER_TOMCAT_MAXCONNECTIONS", "SERVER_TOMCAT_MAX_CONNECTIONS"})
    void environmentVariablesAreKnownToo(String name, CapturedOutput output) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, "1")));
        ConfigurationPropertySources.attach(environment);
        SettingsCheck.check(environment);
        assertThat(output).doesNotContain("no setting");
    }

    @Test
    void anOldNameInTheEnvironmentIsRefusedToo() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of("STACKMAPD_ARTIFACTS_CACHEQUOTA", "1GB")));
        ConfigurationPropertySources.attach(environment);
        assertThatThrownBy(() -> SettingsCheck.check(environment)).hasMessageEndingWith("stackmapd.artifacts.quota");
    }

    @Test
    void aFolderThatIsNotThereIsSaid(CapturedOutput output) {
        SettingsCheck.check(given(Map.of(
                "stackmapd.artifacts.directories", "/none/a,/tmp",
                "stackmapd.debuginfod.sources", "/none/b",
                "stackmapd.files.access", "roots",
                "stackmapd.files.roots", "/none/c")));
        assertThat(output)
                .contains("stackmapd.artifacts.directories: there is no folder /none/a")
                .contains("stackmapd.debuginfod.sources: there is no folder /none/b")
                .contains("stackmapd.files.roots: there is no folder /none/c")
                .doesNotContain("/tmp");
    }

    @Test
    void nothingGivenIsRight() {
        assertThatCode(() -> SettingsCheck.check(given(Map.of()))).doesNotThrowAnyException();
    }

    private static StandardEnvironment given(Map<String, String> settings) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("given", new HashMap<>(settings)));
        ConfigurationPropertySources.attach(environment);
        return environment;
    }
}
