package dev.stackmapd.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `stackmapd` on machines that have more or less of what it needs.
///
/// It is run with its own `PATH`, and asks for a JDK 99, so that it finds none of this machine. apt-get is a
/// script that records its arguments. The answers of the real one were tried by hand.
class LauncherTest {
    private static final List<String> UTILITIES =
            List.of("awk", "cat", "chmod", "dirname", "env", "find", "head", "id", "mkdir", "readlink", "sed", "sh");
    private static final String NOTHING = "";

    @TempDir
    Path directory;

    private Path commands;
    private Path told;

    record Ended(int code, String out, String error) {}

    @BeforeEach
    void aBareMachine() throws IOException {
        commands = Files.createDirectory(directory.resolve("commands"));
        told = Files.createFile(directory.resolve("told"));
        for (String utility : UTILITIES) {
            Files.createSymbolicLink(commands.resolve(utility), find(utility));
        }
        aBuiltCheckout();
        String script = Files.readString(Path.of("../stackmapd"));
        assertThat(script).contains("\nneed_jdk=25\n");
        script("../checkout/stackmapd", script.replace("\nneed_jdk=25\n", "\nneed_jdk=99\n"));
    }

    @Test
    void withoutAPackageManagerOneSentenceSaysWhatIsMissing() throws Exception {
        assertThat(launch("build").error())
                .isEqualTo("stackmapd: needs a JDK 99 or newer (unpack one from https://adoptium.net and set JAVA_HOME"
                        + " to its directory) and Maven 3.8.7 or newer (unpack it from https://maven.apache.org and add"
                        + " its bin to PATH).\n");
        assertThat(launch("build", "--yes").code()).isEqualTo(69);
    }

    @Test
    void withoutATerminalNothingIsInstalled() throws Exception {
        aptOffers("3.9.9-1", "99.0.1+8-1");
        Ended ended = launch("test");
        assertThat(ended.code()).isEqualTo(69);
        assertThat(ended.error())
                .isEqualTo(
                        "stackmapd: needs a JDK 99 or newer (package openjdk-99-jdk-headless) and Maven 3.8.7 or newer"
                                + " (package maven); --yes runs `apt-get install -y --no-install-recommends"
                                + " openjdk-99-jdk-headless maven`.\n");
        assertThat(told).isEmptyFile();
    }

    @Test
    void yesInstallsBoth() throws Exception {
        aptOffers("3.9.9-1", "1:99.0.1+8-1");
        Ended ended = launch("test", "--yes", "-B");
        assertThat(ended.error()).isEqualTo("stackmapd: brings apt-get's lists of packages up to date\n");
        assertThat(ended.out()).isEqualTo("Maven was told verify -B\n");
        assertThat(Files.readString(told))
                .isEqualTo("-qq update\ninstall -y --no-install-recommends openjdk-99-jdk-headless maven\n");
    }

    @Test
    void whatIsOfferedIsInstalledAndTheRestIsSaid() throws Exception {
        aptOffers("3.8.7-1", "(none)");
        Ended ended = launch("test", "--yes");
        assertThat(ended.code()).isEqualTo(69);
        assertThat(ended.error())
                .endsWith(
                        "stackmapd: needs a JDK 99 or newer (apt-get offers none; unpack one from https://adoptium.net"
                                + " and set JAVA_HOME to its directory).\n");
        assertThat(told).content().endsWith("install -y --no-install-recommends maven\n");
    }

    @Test
    void whatIsTooOldIsNotOffered() throws Exception {
        aptOffers("3.6.3-5", "98.0.1+8-1");
        assertThat(launch("test").error())
                .contains("apt-get offers none; unpack one", "apt-get offers none; unpack it");
        assertThat(launch("test", "--yes").code()).isEqualTo(69);
        assertThat(told).content().doesNotContain("install");
    }

    @Test
    void aMavenThatIsTooOldIsMissing() throws Exception {
        aJdk();
        script("mvn", "#!/bin/sh\necho 'Apache Maven 3.8.6 (84538c9988a25aec085021c365c560670ad80f63)'\n");
        assertThat(launch("test").error())
                .startsWith("stackmapd: needs Maven 3.8.7 or newer (")
                .hasLineCount(1);
    }

    @Test
    void runNeedsNoMavenWhereTheJarIsBuilt() throws Exception {
        aJdk();
        assertThat(launch("run", "--server.port=1").out())
                .startsWith("STACKMAPD_SHOW_USAGE=true")
                .endsWith("-jar %s --server.port=1\n"
                        .formatted(directory.resolve("checkout/service/target/stackmapd.jar")));
    }

    @Test
    void commandsGoToTheJarWithAllTheirArguments() throws Exception {
        aJdk();
        for (String command : List.of("symbolize", "explain")) {
            assertThat(launch(command, "-e", "a binary", "0x1").out())
                    .endsWith("-jar %s %s -e a binary 0x1\n"
                            .formatted(directory.resolve("checkout/service/target/stackmapd.jar"), command));
        }
    }

    @Test
    void runWithoutAJdkIsOneSentence() throws Exception {
        Ended ended = launch("run");
        assertThat(ended.code()).isEqualTo(69);
        assertThat(ended.error())
                .startsWith("stackmapd: needs a JDK 99 or newer (")
                .hasLineCount(1);
        assertThat(ended.out()).isEqualTo(NOTHING);
    }

    @Test
    void withoutACommandItSaysHowItIsUsed() throws Exception {
        assertThat(launch().code()).isEqualTo(64);
        assertThat(launch("nothing").error()).startsWith("usage: ./stackmapd demo");
        assertThat(launch("help").out()).startsWith("usage: ./stackmapd demo");
    }

    private void aBuiltCheckout() throws IOException {
        Path checkout = Files.createDirectory(directory.resolve("checkout"));
        Files.createFile(checkout.resolve("pom.xml"));
        for (String module : List.of("service", "elf-core")) {
            Files.createDirectories(checkout.resolve(module).resolve("src/main"));
            Files.createFile(checkout.resolve(module).resolve("pom.xml"));
        }
        Files.createDirectory(checkout.resolve("service/target"));
        Files.createFile(checkout.resolve("service/target/stackmapd.jar"));
    }

    /// Offers packages in these versions, and installs scripts in their place.
    private void aptOffers(String maven, String jdk) throws IOException {
        script("apt-cache", """
                #!/bin/sh
                case $2 in
                  maven) version='%s' ;;
                  *) version='%s' ;;
                esac
                printf '%%s:\\n  Installed: (none)\\n  Candidate: %%s\\n  Version table:\\n' "$2" "$version"
                """.formatted(maven, jdk));
        script("apt-get", """
                #!/bin/sh
                echo "$*" >>%s
                case $* in
                  *openjdk*) mkdir -p jdk/bin; echo 'JAVA_VERSION="99.0.1"' >jdk/release
                    echo '#!/bin/sh' >jdk/bin/javac; chmod +x jdk/bin/javac ;;
                esac
                case $* in
                  *maven*) printf '#!/bin/sh\\n[ "$1" = --version ] && echo Apache Maven 3.9.9 || echo "Maven was told $*"\\n' \
                    >commands/mvn; chmod +x commands/mvn ;;
                esac
                """.formatted(told));
        // Tests need not be run by root.
        script("sudo", "#!/bin/sh\nexec \"$@\"\n");
    }

    private void aJdk() throws IOException {
        Path bin = Files.createDirectories(directory.resolve("jdk/bin"));
        Files.writeString(bin.resolveSibling("release"), "JAVA_VERSION=\"99\"\n");
        script("../jdk/bin/javac", "#!/bin/sh\n");
        script("../jdk/bin/java", "#!/bin/sh\necho \"STACKMAPD_SHOW_USAGE=$STACKMAPD_SHOW_USAGE $*\"\n");
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(commands.resolve(name).normalize(), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String utility) {
        return Stream.of("/usr/bin", "/bin")
                .map(folder -> Path.of(folder, utility))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private Ended launch(String... arguments) throws Exception {
        Path error = directory.resolve("error");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        directory.resolve("checkout/stackmapd").toString()),
                                Stream.of(arguments))
                        .toList())
                .directory(directory.toFile())
                .redirectError(error.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", commands.toString());
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Ended(process.exitValue(), out, Files.readString(error));
    }
}
