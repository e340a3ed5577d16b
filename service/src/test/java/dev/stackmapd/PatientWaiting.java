package dev.stackmapd;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Lets `await()` wait for a minute in every test, because ten seconds are too short on a machine with other work.
/// JUnit finds it by `META-INF/services`.
public final class PatientWaiting implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
