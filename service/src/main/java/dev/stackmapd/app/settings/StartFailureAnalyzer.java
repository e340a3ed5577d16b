package dev.stackmapd.app.settings;

import java.net.BindException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/// Finds the one sentence that says why the service did not start, where the operator can change that.
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailureAnalyzer implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String sentence = sentence(cause);
            if (!sentence.isEmpty()) {
                return new FailureAnalysis(sentence, null, cause);
            }
        }
        return null;
    }

    /// Returns an empty text where the operator can do nothing.
    private static String sentence(Throwable cause) {
        return switch (cause) {
            case SettingsCheck.WrongSettingException e -> String.valueOf(e.getMessage());
            case InvalidConfigurationPropertyValueException e ->
                "%s is \"%s\": %s".formatted(e.getName(), e.getValue(), e.getReason());
            case PortInUseException e ->
                "port %d is taken by another process; server.port sets another one".formatted(e.getPort());
            case BindException e -> "the service cannot listen at server.address and server.port: " + e.getMessage();
            default -> "";
        };
    }
}
