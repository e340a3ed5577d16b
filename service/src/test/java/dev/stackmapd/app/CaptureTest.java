package dev.stackmapd.app;

import dev.stackmapd.fixtures.Capture;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kernel is the referee, by the captures that are checked in.
class CaptureTest extends KernelAsReferee {

    @ParameterizedTest
    @ValueSource(strings = {"odd-mappings", "python", "demo"})
    void everyFrameEqualsTheKernels(String name) throws IOException {
        everyFrameEqualsTheKernels(name, Capture.named(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"odd-mappings", "python", "demo"})
    void everyKernelMapReturnsAndHoldsWhatTheKernelsDid(String name) throws IOException {
        everyKernelMapReturnsAndHoldsWhatTheKernelsDid(name, Capture.named(name));
    }
}
