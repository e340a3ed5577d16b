package dev.stackmapd.upstream;

import static dev.stackmapd.upstream.TestBed.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.upstream.CallOutcome.Failed;
import dev.stackmapd.upstream.CallOutcome.Fetched;
import dev.stackmapd.upstream.CallOutcome.RefusalRule;
import dev.stackmapd.upstream.CallOutcome.Refused;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where an upstream may send us.
class RedirectsTest {
    private static final byte[] FILE = file(5_000);

    /// Only the upstream's own address and port may be reached in these tests; all others are refused before
    /// connecting.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.2/",
                "http://[::1]/",
                "http://[::ffff:127.0.0.2]/",
                "http://[64:ff9b::127.0.0.2]/",
                "http://[2002:7f00:2::]/",
                "http://169.254.169.254/latest/meta-data/",
                "http://[fe80::1]/",
                "http://[fd00:ec2::254]/",
                "http://10.0.0.1/",
                "http://172.16.0.1/",
                "http://192.168.0.1/",
                "http://100.64.0.1/",
                "http://0.0.0.0/",
                "http://2130706434/",
                "http://inside.example/",
                "//10.0.0.1/x"
            })
    void refusesPrivateAddresses(String target) throws Exception {
        try (RawUpstream upstream = movedTo(target);
                TestBed bed = allowingOnly("127.0.0.1", upstream)) {
            bed.names.put("inside.example", List.of(InetAddress.ofLiteral("10.1.2.3")));
            bed.names.put("2130706434", List.of(InetAddress.ofLiteral("127.0.0.2")));
            assertThat(bed.outcome()).isEqualTo(new Refused(RefusalRule.ADDRESS));
            assertThat(upstream.heads()).hasSize(1);
            bed.nothingIsLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://127.0.0.1/x",
                "jar:file:/x!/y",
                "gopher://127.0.0.1:70/_x",
                "http://user:secret@127.0.0.1/",
                "http:///x",
                "http://127.0.0.1:0/",
                "http://127.0.0.1:65536/",
                "http://127.0.0.1:-1/",
                "http://a b/",
                "http://[::1/",
                "http:relative",
                "http://0x7f.2/",
                "mailto:x@example.com",
                "%zz"
            })
    void refusesWhatIsNoPlainUrl(String target) throws Exception {
        try (RawUpstream upstream = movedTo(target);
                TestBed bed = allowingOnly("127.0.0.1", upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Refused(RefusalRule.SCHEME));
            assertThat(upstream.heads()).hasSize(1);
            bed.nothingIsLeft();
        }
    }

    @Test
    void aRedirectToNowhereIsAFailure() throws Exception {
        try (RawUpstream upstream = RawUpstream.saying("HTTP/1.1 302 Found\r\nContent-Length: 0");
                TestBed bed = allowingOnly("127.0.0.1", upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Failed(302, Duration.ZERO));
        }
    }

    @Test
    void followsThreeAndNoMore() throws Exception {
        try (RawUpstream upstream = new RawUpstream(line -> {
                    String path = line.head().split(" ", -1)[1];
                    line.say("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + path + "x");
                });
                TestBed bed = allowingOnly("127.0.0.1", upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Refused(RefusalRule.TOO_MANY_REDIRECTS));
            assertThat(upstream.heads()).hasSize(4);
            bed.nothingIsLeft();
        }
    }

    @ParameterizedTest
    @CsvSource({"301", "302", "303", "307", "308"})
    void followsARedirect(int status) throws Exception {
        try (RawUpstream target = RawUpstream.having(FILE);
                RawUpstream upstream =
                        RawUpstream.saying("HTTP/1.1 %d Moved\r\nLocation: http://127.0.0.1:%d/there/../here"
                                .formatted(status, target.port()));
                TestBed bed = allowingOnly("127.0.0.1", upstream)) {
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
            assertThat(target.heads()).singleElement().asString().startsWith("GET ");
            bed.nothingIsLeft();
        }
    }

    @Test
    void anUpstreamItselfIsCheckedToo() throws Exception {
        try (RawUpstream upstream = RawUpstream.having(FILE);
                TestBed bed = new TestBed(Limits.patient(), AddressRules.PUBLIC_ONLY, upstream.upstream())) {
            assertThat(bed.outcome()).isEqualTo(new Refused(RefusalRule.ADDRESS));
            assertThat(upstream.heads()).isEmpty();
        }
    }

    /// The name has no address but the one that was checked: the system knows no `files.example`.
    @Test
    void connectsToTheAddressThatWasChecked() throws Exception {
        try (RawUpstream upstream = RawUpstream.having(FILE);
                TestBed bed = new TestBed(
                        Limits.patient(), TestBed.LOOPBACK, Upstream.of("http://files.example:" + upstream.port()))) {
            bed.names.put(
                    "files.example", List.of(InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("127.0.0.1")));
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
            assertThat(upstream.heads()).singleElement().asString().contains("Host: files.example:" + upstream.port());
        }
    }

    @Test
    void aNameThatIsAllowedMayStandForAnyAddress() throws Exception {
        try (RawUpstream upstream = RawUpstream.having(FILE);
                TestBed bed = new TestBed(
                        Limits.patient(),
                        AddressRules.of(List.of("Files.Example")),
                        Upstream.of("http://files.example:" + upstream.port()))) {
            bed.names.put("files.example", List.of(InetAddress.ofLiteral("127.0.0.1")));
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
        }
    }

    @Test
    void triesTheNextAddressWhereNobodyListens() throws Exception {
        try (RawUpstream upstream = RawUpstream.having(FILE);
                TestBed bed = new TestBed(
                        Limits.patient(),
                        AddressRules.of(List.of("files.example")),
                        Upstream.of("http://files.example:" + upstream.port()))) {
            bed.names.put(
                    "files.example", List.of(InetAddress.ofLiteral("127.0.0.9"), InetAddress.ofLiteral("127.0.0.1")));
            assertThat(bed.outcome()).isEqualTo(new Fetched(FILE.length));
        }
    }

    private static RawUpstream movedTo(String target) throws Exception {
        return RawUpstream.saying("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + target);
    }

    private static TestBed allowingOnly(String address, RawUpstream upstream) {
        return new TestBed(Limits.patient(), AddressRules.of(List.of(address)), upstream.upstream());
    }
}
