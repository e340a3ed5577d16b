package dev.stackmapd.app;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Has Spring Boot print the one sentence of a wrong setting instead of a stack trace.
final class SettingsFailureAnalyzer extends AbstractFailureAnalyzer<SettingsCheck.WrongSettingException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, SettingsCheck.WrongSettingException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), "", cause);
    }
}
