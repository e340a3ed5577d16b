package dev.stackmapd.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/// Starts the service: server and sidecar are the same program (`stackmapd.mode`).
@SpringBootApplication(scanBasePackages = "dev.stackmapd")
class StackmapdApplication {
    public static void main(String[] args) {
        SpringApplication application = new SpringApplication(StackmapdApplication.class);
        application.addListeners(new SettingsCheck());
        application.run(args);
    }
}
