package dev.stackmapd.app.settings;

import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.resolve.FileAccess;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationListener;

/// Prints to standard output, once the service listens, where it does, what it may read, where it keeps what it is
/// given, and two requests to paste into a shell. Prints nothing unless `stackmapd.show-usage` is set, as
/// `./stackmapd run` does.
public final class StartMessage implements ApplicationListener<ApplicationReadyEvent> {

    private final ServiceSettings settings;
    private final ArtifactSettings artifacts;
    private final DebuginfodSettings debuginfod;
    private final ServerProperties server;
    private final FileAccess access;
    private final LocalFiles local;
    private final long storeBytes;

    /// @param storeBytes that stacks may take
    public StartMessage(
            ServiceSettings settings,
            ArtifactSettings artifacts,
            DebuginfodSettings debuginfod,
            ServerProperties server,
            FileAccess access,
            LocalFiles local,
            long storeBytes) {
        this.settings = settings;
        this.artifacts = artifacts;
        this.debuginfod = debuginfod;
        this.server = server;
        this.access = access;
        this.local = local;
        this.storeBytes = storeBytes;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        if (settings.showUsage()) {
            int port = event.getApplicationContext()
                    .getEnvironment()
                    .getRequiredProperty("local.server.port", Integer.class);
            System.out.println(text(port));
        }
    }

    String text(int port) {
        String base = base(port);
        List<String> lines = new ArrayList<>();
        lines.add("stackmapd listens on %s; %s/swagger-ui.html describes its API.".formatted(base, base));
        lines.add("It may read %s.".formatted(readable()));
        if (local.isUsed()) {
            lines.add(
                    "It takes names from these files, from ~/.debug and from /usr/lib/debug (stackmapd.files.names).");
        }
        if (!artifacts.directories().isEmpty()) {
            lines.add("It takes names from %s.".formatted(list(artifacts.directories())));
        }
        if (!debuginfod.upstreams().isEmpty()) {
            lines.add("It asks %s for files with names.".formatted(list(debuginfod.upstreams())));
        }
        lines.add("It keeps stacks in memory, up to %d MB, until it stops.".formatted(storeBytes >> 20));
        lines.add("It keeps uploads, downloads and indexes in %s, up to %d MB."
                .formatted(
                        Path.of(artifacts.storage()).toAbsolutePath().normalize(),
                        artifacts.quota().toMegabytes()));
        lines.add("To try it, paste these lines into another terminal; they post addresses in the shell's own code, and"
                + " ask for their names:");
        return String.join("\n", lines) + "\n\n" + requests(base);
    }

    /// Returns shell commands. They post the maps of the shell that they are pasted into with one made-up stack:
    /// three addresses, at the quarters, of the code of each mapped file. They need a POSIX shell, curl, sed, tr,
    /// paste and cut.
    private static String requests(String base) {
        return """
                id=$(curl -s %1$s/v1/batches -H 'Content-Type: application/json' -d '{"processes": [{"pid": '$$', \
                "maps": "'"$(sed 's/["\\\\]/\\\\&/g; s/$/\\\\n/' /proc/$$/maps | tr -d '\\n')"'"}], \
                "stacks": [{"process": 0, "ips": ['"$(sed -n 's/^\\(.*\\)-\\(.*\\) r-xp .*\\/.*/\\1 \\2/p' /proc/$$/maps | \
                while read -r from to; do for q in 1 2 3; do echo $((0x$from + (0x$to - 0x$from) / 4 * q)); done; done | \
                paste -s -d , -)"']}]}' | cut -d '"' -f 4); echo $id
                curl -s %1$s/v1/stacks/$id
                """.formatted(base);
    }

    private String base(int port) {
        String scheme = Ssl.isEnabled(server.getSsl()) ? "https" : "http";
        InetAddress address = server.getAddress();
        String host = address == null || address.isAnyLocalAddress() ? "127.0.0.1" : literal(address);
        return "%s://%s:%d".formatted(scheme, host, port);
    }

    private static String literal(InetAddress address) {
        String digits = address.getHostAddress();
        return digits.contains(":") ? "[" + digits + "]" : digits;
    }

    private String readable() {
        return switch (access) {
            case FileAccess.None _ -> "no files of processes of this host (stackmapd.files.access=none)";
            case FileAccess.Proc _ ->
                "files that the processes of batches have mapped, and files that any user may read"
                        + " (stackmapd.files.access=proc)";
            case FileAccess.Roots roots ->
                "files below %s (stackmapd.files.access=roots)".formatted(list(roots.directories()));
        };
    }

    private static String list(Collection<?> items) {
        return items.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
