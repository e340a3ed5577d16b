package dev.stackmapd.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SystemLookupTest {
    @Test
    void asksTheSystem() throws Exception {
        try (SystemLookup names = new SystemLookup(Duration.ofSeconds(10))) {
            assertThat(names.addresses("localhost")).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
        }
    }

    @Test
    void aLookupThatCannotBeMadeIsAnUnknownHost() {
        SystemLookup names = new SystemLookup(Duration.ofSeconds(10));
        names.close();
        assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> names.addresses("localhost"));
    }
}
