package dev.stackmapd.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stackmapd.upstream.AddressRules.AddressScope;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Expectations are the IANA special-purpose registries' (RFC 6890): "globally reachable", or not.
class AddressRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.169.254",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:10.0.0.1",
                "::ffff:0:127.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:2::1",
                "2001:10::1",
                "2001:1ff:ffff::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:a00:1::1",
                "2002:a9fe:a9fe::",
                "3fff::1",
                "3fff:fff:ffff::1",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "2600::5efe:10.0.0.1",
                "2600::200:5efe:10.0.0.1"
            })
    void refusesSpecialAddresses(String address) {
        assertThat(AddressRules.PUBLIC_ONLY.reach("a.example", InetAddress.ofLiteral(address)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2001:200::1",
                "2002:808:808::1",
                "2600::1",
                "2a00::1",
                "3ffe::1",
                "2600::5efe:8.8.8.8"
            })
    void allowsPublicAddresses(String address) {
        assertThat(AddressRules.PUBLIC_ONLY.reach("a.example", InetAddress.ofLiteral(address)))
                .contains(AddressScope.PUBLIC);
    }

    /// The JDK makes an IPv4 address of a mapped one; here the sixteen bytes come as they are.
    @Test
    void seesAnIpv4AddressInAMappedOne() throws UnknownHostException {
        IpRange mapped = IpRange.of(InetAddress.ofLiteral("10.1.2.3"));
        assertThat(mapped).isEqualTo(new IpRange(0, 0xffff_0a01_0203L, 128));
        assertThat(SpecialAddresses.contains(new IpRange(0, 0xffff_0a01_0203L, 128)))
                .isTrue();
    }

    @Test
    void allowsWhatTheOperatorNames() {
        AddressRules rules = AddressRules.of(List.of("10.1.0.0/16", "192.168.7.7", "fd00::/8", "Inside.Example"));
        assertThat(rules.reach("x.example", InetAddress.ofLiteral("10.1.255.255")))
                .contains(AddressScope.PRIVATE);
        assertThat(rules.reach("x.example", InetAddress.ofLiteral("10.2.0.0"))).isEmpty();
        assertThat(rules.reach("x.example", InetAddress.ofLiteral("192.168.7.7")))
                .contains(AddressScope.PRIVATE);
        assertThat(rules.reach("x.example", InetAddress.ofLiteral("192.168.7.8")))
                .isEmpty();
        assertThat(rules.reach("x.example", InetAddress.ofLiteral("fdab::1"))).contains(AddressScope.PRIVATE);
        assertThat(rules.reach("x.example", InetAddress.ofLiteral("fe80::1"))).isEmpty();
        assertThat(rules.reach("inside.EXAMPLE", InetAddress.ofLiteral("127.0.0.1")))
                .contains(AddressScope.PRIVATE);
        assertThat(rules.reach("inside.example.", InetAddress.ofLiteral("127.0.0.1")))
                .isEmpty();
        assertThat(rules.reach("x.inside.example", InetAddress.ofLiteral("127.0.0.1")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/x",
                "10.0.0.1/8",
                "10/8",
                "::/129",
                "fd00::1/8",
                "1.2.3.4.5",
                "256.1.1.1",
                "a b",
                "*.example",
                "-x",
                "::1%eth99",
                "a\u0000b",
                "ü.example"
            })
    void refusesRulesThatAreNone(String entry) {
        assertThatIllegalArgumentException().isThrownBy(() -> AddressRules.of(List.of(entry)));
    }
}
