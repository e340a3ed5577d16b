package dev.stackmapd.artifact.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.artifact.disk.Origin;
import org.junit.jupiter.api.Test;

class SenderTest {
    private static Sender named(String name) {
        return Sender.of(Origin.Route.PUT, "192.0.2.7", name);
    }

    @Test
    void charactersThatCouldForgeALineAreEscaped() {
        assertThat(named("a\r\n\"b\\\u001b[1m\u00e9\u0085\u2028").name())
                .isEqualTo("a\\x0d\\x0a\\x22b\\x5c\\x1b[1m\\xe9\\x85\\x2028");
        assertThat(named("agent 7/blue").name()).isEqualTo("agent 7/blue");
    }

    @Test
    void aNameIsCutWhereItWouldBecomeTooLong() {
        assertThat(named("x".repeat(300)).name()).hasSize(Origin.MAX_NAME);
        assertThat(named("\n".repeat(300)).name()).hasSize(Origin.MAX_NAME).endsWith("\\x0a");
        assertThat(named("a\n".repeat(300)).origin().sender()).hasSizeLessThanOrEqualTo(Origin.MAX_NAME);
    }

    /// A name that looks like an address is another sender than the address.
    @Test
    void sendersAreToldApartByNameElseByAddress() {
        assertThat(named("").key())
                .isEqualTo(Sender.of(Origin.Route.PYROSCOPE, "192.0.2.7", "").key());
        assertThat(named("").key()).isNotEqualTo(named("192.0.2.7").key());
        assertThat(named("a").key())
                .isEqualTo(Sender.of(Origin.Route.PUT, "192.0.2.8", "a").key())
                .isNotEqualTo(named("b").key());
    }

    @Test
    void anAddressIsOneWord() {
        assertThat(Sender.of(Origin.Route.PUT, "no address", "").origin().address())
                .isEqualTo("no_address");
        assertThat(Sender.of(Origin.Route.PUT, "", "").origin().address()).isEqualTo("unknown");
        assertThat(Sender.of(Origin.Route.PUT, "fe80::1%eth0", "").origin().address())
                .isEqualTo("fe80::1%eth0");
    }
}
