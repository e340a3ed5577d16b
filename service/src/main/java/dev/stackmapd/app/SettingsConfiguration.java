package dev.stackmapd.app;

import dev.stackmapd.app.settings.ArtifactSettings;
import dev.stackmapd.app.settings.BindCheck;
import dev.stackmapd.app.settings.DebuginfodSettings;
import dev.stackmapd.app.settings.FileSettings;
import dev.stackmapd.app.settings.IngestSettings;
import dev.stackmapd.app.settings.JavaMemory;
import dev.stackmapd.app.settings.MemoryPlan;
import dev.stackmapd.app.settings.SecuritySettings;
import dev.stackmapd.app.settings.ServiceSettings;
import dev.stackmapd.app.settings.StackmapSettings;
import dev.stackmapd.app.settings.StartMessage;
import dev.stackmapd.app.settings.StoreSettings;
import dev.stackmapd.artifact.folder.LocalFiles;
import dev.stackmapd.resolve.FileAccess;
import java.time.InstantSource;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Binds the settings, and derives from them the memory plan and the reach of the service.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    ServiceSettings.class,
    StoreSettings.class,
    FileSettings.class,
    ArtifactSettings.class,
    DebuginfodSettings.class,
    SecuritySettings.class,
    IngestSettings.class,
    StackmapSettings.class,
    ManagementServerProperties.class
})
class SettingsConfiguration {

    @Bean
    MemoryPlan memoryPlan(
            StoreSettings store, ArtifactSettings artifacts, StackmapSettings stackmaps, IngestSettings ingest) {
        return MemoryPlan.of(store, artifacts, stackmaps, ingest, JavaMemory.ofThisProcess());
    }

    @Bean
    InfoContributor memoryInfo(MemoryPlan plan) {
        return info -> info.withDetail("memory", plan.shown());
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    BindCheck bindCheck(ServerProperties server, ManagementServerProperties management, SecuritySettings security) {
        if (management.getPort() != null && management.getAddress() == null) {
            management.setAddress(server.getAddress());
        }
        return BindCheck.of(server, management, security);
    }

    @Bean
    StartMessage startMessage(
            ServiceSettings settings,
            ArtifactSettings artifacts,
            DebuginfodSettings debuginfod,
            ServerProperties server,
            FileAccess access,
            LocalFiles local,
            MemoryPlan plan) {
        return new StartMessage(
                settings, artifacts, debuginfod, server, access, local, plan.bytes(MemoryPlan.Table.STORE));
    }
}
