package dev.stackmapd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stackmapd.app.settings.SettingsCheck;
import dev.stackmapd.cli.Commands;
import java.io.PrintWriter;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// Starts the service: server and sidecar are the same program (`stackmapd.mode`). Where the first argument is the name
/// of a command, runs that instead and ends.
@SpringBootApplication(scanBasePackages = "dev.stackmapd")
public class StackmapdApplication {
    public static void main(String[] args) {
        if (Commands.isCommand(args)) {
            PrintWriter out = new PrintWriter(System.out, false, UTF_8);
            PrintWriter err = new PrintWriter(System.err, true, UTF_8);
            System.exit(Commands.run(args, System.in, out, err));
        }
        SpringApplication application = new SpringApplication(StackmapdApplication.class);
        application.addListeners(new SettingsCheck());
        application.run(args);
    }
}
