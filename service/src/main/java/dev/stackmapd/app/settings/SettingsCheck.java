package dev.stackmapd.app.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Checks the settings before anything is made from them, so that a wrong one is one sentence with its name, its value
/// and what it could be, and not a chain of exceptions about beans.
///
/// A wrong value, and a name below `stackmapd.` that is no setting, end the start. A name below `server.` or
/// `management.` that no part of Spring Boot knows is only logged, because environment variables of others can look so
/// (`SERVER_NAME`), and so is a folder that does not exist, because it may come later.
public final class SettingsCheck implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsCheck.class);
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    /// How Boot names what it reads from the class path.
    private static final String JAR_SOURCE = "Config resource 'class path resource";
    private static final Set<String> PREFIXES = Set.of("stackmapd", "server", "management");

    /// Settings that had other names before, without punctuation, and their names of today.
    private static final Map<String, String> RENAMED = Map.of(
            "stackmapdartifactscache", "stackmapd.artifacts.storage",
            "stackmapdartifactscachequota", "stackmapd.artifacts.quota",
            "stackmapdartifactscachebytes", "stackmapd.artifacts.symbol-memory",
            "stackmapdsecurityopen", "stackmapd.security.allow-unauthenticated");

    /// All settings below `stackmapd.`, bound at once to find names that are none of them.
    record Everything(
            ServiceSettings.@Nullable Mode mode,
            @Nullable Duration shutdownDelay,
            @Nullable Boolean showUsage,
            @DefaultValue StoreSettings store,
            @DefaultValue FileSettings files,
            @DefaultValue ArtifactSettings artifacts,
            @DefaultValue DebuginfodSettings debuginfod,
            @DefaultValue SecuritySettings security,
            @DefaultValue IngestSettings ingest,
            @DefaultValue StackmapSettings stackmaps) {}

    /// A setting that makes no sense.
    static final class WrongSettingException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongSettingException(String sentence) {
            super(sentence);
        }

        WrongSettingException(String sentence, Throwable cause) {
            super(sentence, cause);
        }
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        check(event.getEnvironment());
    }

    /// @throws WrongSettingException with one sentence
    static void check(ConfigurableEnvironment environment) {
        Binder binder = Binder.get(environment);
        Set<ConfigurationPropertyName> given = given(environment);
        checkRenamed(given);
        checkSprings(given, binder);
        try {
            missingFolders(bound(binder)).forEach(LOG::warn);
        } catch (BindException e) {
            throw new WrongSettingException(sentence(e), e);
        }
    }

    /// Returns all settings below `stackmapd.`.
    ///
    /// @throws BindException if a value is wrong, or a name is that of no setting
    static Everything bound(Binder binder) {
        var _ = binder.bindOrCreate("stackmapd", ServiceSettings.class);
        return binder.bindOrCreate(
                "stackmapd",
                Bindable.of(Everything.class),
                new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
    }

    private static Stream<String> missingFolders(Everything settings) {
        return Map.of(
                        "artifacts.directories", settings.artifacts().directories(),
                        "debuginfod.sources", settings.debuginfod().sources(),
                        "files.roots", settings.files().roots())
                .entrySet()
                .stream()
                .flatMap(setting -> setting.getValue().stream()
                        .filter(folder -> !Files.isDirectory(Path.of(folder)))
                        .map(folder -> "stackmapd.%s: there is no folder %s".formatted(setting.getKey(), folder)));
    }

    private static void checkRenamed(Set<ConfigurationPropertyName> given) {
        for (ConfigurationPropertyName name : given) {
            String today = RENAMED.get(plain(name.toString()));
            if (today != null) {
                throw new WrongSettingException("%s is now called %s".formatted(name, today));
            }
        }
    }

    private static void checkSprings(Set<ConfigurationPropertyName> all, Binder binder) {
        List<ConfigurationPropertyName> given = all.stream()
                .filter(name -> !name.getElement(0, ConfigurationPropertyName.Form.UNIFORM)
                        .equals("stackmapd"))
                .toList();
        if (given.isEmpty()) {
            return;
        }
        Map<String, String> types = knownTypes();
        for (ConfigurationPropertyName name : given) {
            Optional<String> type = type(name, types);
            if (type.isPresent()) {
                type.flatMap(SettingsCheck::load).ifPresent(known -> checkValue(binder, name, known));
            } else {
                LOG.warn("{} is no setting of this service, and does nothing", name);
            }
        }
    }

    /// Returns the names that the operator has given. Those of `application.yaml` in the jar are this program's
    /// own; where they are the only ones, the metadata of all libraries need not be read.
    private static Set<ConfigurationPropertyName> given(ConfigurableEnvironment environment) {
        Set<ConfigurationPropertyName> given = new TreeSet<>();
        ConfigurationPropertySources.get(environment).forEach(source -> {
            if (source instanceof IterableConfigurationPropertySource names && !isInTheJar(source)) {
                names.stream()
                        .filter(name -> name.getNumberOfElements() > 1
                                && PREFIXES.contains(name.getElement(0, ConfigurationPropertyName.Form.UNIFORM)))
                        .forEach(given::add);
            }
        });
        return given;
    }

    private static boolean isInTheJar(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> named
                && named.getName().startsWith(JAR_SOURCE);
    }

    /// Returns the types of all settings that the libraries of this service have, by their names without punctuation:
    /// environment variables have lost it.
    private static Map<String, String> knownTypes() {
        Map<String, String> types = new HashMap<>();
        JsonMapper json = new JsonMapper();
        try {
            ClassLoader loader = SettingsCheck.class.getClassLoader();
            for (URL url : (Iterable<URL>) loader.resources(METADATA)::iterator) {
                try (InputStream in = url.openStream()) {
                    for (JsonNode property : json.readTree(in).path("properties")) {
                        types.put(
                                plain(property.path("name").asString("")),
                                property.path("type").asString(""));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return types;
    }

    /// A member of a map or list has the type of no setting, but is known: its name begins with the map's.
    private static Optional<String> type(ConfigurationPropertyName name, Map<String, String> types) {
        String own = types.get(plain(name.toString()));
        if (own != null) {
            return Optional.of(own);
        }
        for (int length = name.getNumberOfElements() - 1; length > 1; length--) {
            String type = types.get(plain(name.chop(length).toString()));
            if (type != null && type.matches("java\\.util\\.(Map|List|Set|Collection)\\b.*|.*\\[]")) {
                return Optional.of("");
            }
        }
        return Optional.empty();
    }

    private static String plain(String name) {
        return name.replaceAll("\\[\\d+]|[^a-zA-Z0-9]", "").toLowerCase(Locale.ROOT);
    }

    /// Types with parameters are not looked at: there is no text that a map or a list could not be made from.
    private static Optional<Class<?>> load(String type) {
        try {
            return type.isEmpty() || type.contains("<")
                    ? Optional.empty()
                    : Optional.of(ClassUtils.forName(type, SettingsCheck.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private static void checkValue(Binder binder, ConfigurationPropertyName name, Class<?> type) {
        try {
            var _ = binder.bind(name, Bindable.of(type));
        } catch (BindException e) {
            throw new WrongSettingException(sentence(e), e);
        }
    }

    private static String sentence(BindException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnboundConfigurationPropertiesException unbound) {
                return unbound.getUnboundProperties().stream()
                        .map(property -> property.getName().toString())
                        .collect(Collectors.joining(" and no ", "stackmapd has no setting ", "; the README lists all"));
            }
            // Our own records say what is wrong, with the setting's name.
            if (cause instanceof IllegalArgumentException
                    && String.valueOf(cause.getMessage()).startsWith("stackmapd.")) {
                return String.valueOf(cause.getMessage());
            }
        }
        String value =
                e.getProperty() == null ? "" : String.valueOf(e.getProperty().getValue());
        Class<?> type = e.getTarget().getType().resolve(Object.class);
        return "%s is \"%s\", but must be %s".formatted(e.getName(), value, allowed(type));
    }

    private static String allowed(Class<?> type) {
        Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(type);
        if (boxed.isEnum()) {
            return Arrays.stream(boxed.getEnumConstants())
                    .map(constant ->
                            ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .sorted(Comparator.naturalOrder())
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (boxed == Duration.class) {
            return "a number with a unit of time, such as 500ms, 10s, 15m, 2h or 7d";
        }
        if (boxed == DataSize.class) {
            return "a number with a unit of size, such as 512KB, 64MB or 2GB";
        }
        if (boxed == Boolean.class) {
            return "true or false";
        }
        return List.of(Integer.class, Long.class, Short.class).contains(boxed)
                ? "a whole number"
                : "a value of another form";
    }
}
