package dev.stackmapd.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules PMX-01 to PMX-15, on lines that a kernel printed.
class MapsParserTest {
    private static final String BLANKS = "7feb2f806000-7feb2f807000 r--p 00000000 fe:00 2154599                    ";
    private static final String NEWLINE =
            "7feb2f805000-7feb2f806000 r--p 00000000 fe:00 2154614                    /opt/m/new\\012line\n";
    private static final String DELETED =
            "7feb2ebb0000-7feb2ebb1000 r--p 00000000 fe:00 2154867                    /opt/m/bar (deleted)\n";
    private static final String BIG_OFFSET =
            "7feb2eb8a000-7feb2eb8b000 r--p 500000000 fe:00 2154897                   /opt/m/big2\n";
    private static final String MEMFD =
            "7feb2eb89000-7feb2eb8a000 r--p 00000000 00:01 25                         /memfd:my memfd (deleted)\n";
    private static final String ANONYMOUS = "7feb2eb88000-7feb2eb89000 rw-p 00000000 00:00 0 \n";
    private static final String SHARED =
            "7feb2eb87000-7feb2eb88000 rw-s 00000000 00:01 26                         /dev/zero (deleted)\n";
    private static final String VDSO =
            "7feb2f816000-7feb2f818000 r-xp 00000000 00:00 0                          [vdso]\n";
    private static final String VSYSCALL =
            "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

    @Test
    @DisplayName("PMX-01: start and end are unsigned hex, half-open; vsyscall lies in the upper half")
    void addresses() {
        VmaIndex vmas = parse(VDSO + VSYSCALL);
        assertThat(vmas.start(0)).isEqualTo(0x7feb2f816000L);
        assertThat(vmas.end(0)).isEqualTo(0x7feb2f818000L);
        assertThat(vmas.start(1)).isEqualTo(0xffffffffff600000L);
        assertThat(vmas.end(1)).isEqualTo(0xffffffffff601000L);
        assertThat(vmas.find(0xffffffffff5fffffL)).isEqualTo(VmaIndex.NONE);
        assertThat(vmas.find(0xffffffffff600000L)).isEqualTo(1);
        assertThat(vmas.find(0xffffffffff600fffL)).isEqualTo(1);
        assertThat(vmas.find(0xffffffffff601000L)).isEqualTo(VmaIndex.NONE);
    }

    @Test
    @DisplayName("PMX-01: addresses have 8 to 16 digits")
    void addressDigits() {
        VmaIndex vmas = parse("""
                00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon
                fffffffffffff000-ffffffffffffffff r-xp 00000000 00:00 0\s
                """);
        assertThat(vmas.start(0)).isEqualTo(0x400000L);
        assertThat(vmas.find(-2L)).isEqualTo(1);
        assertThat(vmas.find(-1L)).isEqualTo(VmaIndex.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--xp", "r-xp", "rwxs", "---p", "rw-s", "r--p"})
    @DisplayName("PMX-02: four characters; x is what makes a mapping executable")
    void permissions(String permissions) {
        VmaIndex vmas = parse("7feb2f816000-7feb2f818000 " + permissions + " 00000000 00:00 0 \n");
        assertThat(vmas.executable(0)).isEqualTo(permissions.contains("x"));
    }

    @Test
    @DisplayName("PMX-03: the offset is in bytes and may pass 32 bits")
    void offset() {
        assertThat(parse(BIG_OFFSET).fileOffset(0)).isEqualTo(0x500000000L);
        assertThat(parse("7feb2f816000-7feb2f818000 r-xp fffffffffffff000 fe:00 1 \n")
                        .fileOffset(0))
                .isEqualTo(0xfffffffffffff000L);
    }

    @Test
    @DisplayName("PMX-04: device numbers are hex, and may be longer than two digits")
    void device() {
        assertThat(parse(MEMFD).get(0).device()).isEqualTo(new Device(0, 1));
        Device device = parse("7feb2f816000-7feb2f818000 r-xp 00000000 103:fffff 7 \n")
                .get(0)
                .device();
        assertThat(device).isEqualTo(new Device(0x103, 0xfffff)).hasToString("103:fffff");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "2154599, 2154599", "18446744073709551615, -1", "09223372036854775808, -9223372036854775808"})
    @DisplayName("PMX-05: the inode is decimal, unsigned 64-bit")
    void inode(String printed, long inode) {
        assertThat(parse("7feb2f816000-7feb2f818000 r-xp 00000000 fe:00 " + printed + " /a\n")
                        .inode(0))
                .isEqualTo(inode);
    }

    @Test
    @DisplayName("PMX-06: a nameless line ends with a blank; the name starts after the blanks, wherever that is")
    void nameColumn() {
        assertThat(parse(ANONYMOUS).get(0).name()).isEmpty();
        assertThat(parse(BIG_OFFSET).get(0).name()).isEqualTo("/opt/m/big2");
        String overlong = "ffffffffff600000-ffffffffff601000 r-xp fffffffffffff000 fffff:fffff 18446744073709551615";
        assertThat(overlong).hasSizeGreaterThan(73);
        assertThat(parse(overlong + " /opt/m/x\n").get(0).name()).isEqualTo("/opt/m/x");
    }

    @Test
    @DisplayName("PMX-06: a transport that took the trailing blank away costs nothing, a cut inode does")
    void missingBlank() {
        ParsedMaps parsed = MapsParser.parse(bytes("7feb2eb88000-7feb2eb89000 rw-p 00000000 00:00 0\n"
                + "7feb2eb89000-7feb2eb8a000 r--p 00000000 00:01 25"));
        assertThat(parsed.vmas().size()).isEqualTo(1);
        assertThat(parsed.warnings())
                .containsExactly(new MapsWarning(2, 49, "expected a blank after the inode, found the end of the text"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/opt/m/a b  c .so", "/opt/m/tab\there", "/opt/m/blanks at the end  ", "/opt/m/libüñí.so"})
    @DisplayName("PMX-07: blanks, tabs, trailing blanks and UTF-8 pass verbatim")
    void names(String name) {
        Vma vma = parse(BLANKS + name + "\n").get(0);
        assertThat(vma.name()).isEqualTo(name);
        assertThat(vma.pathBytes()).isEqualTo(bytes(name));
    }

    @Test
    @DisplayName("PMX-07: what is not UTF-8 keeps its bytes and shows as U+FFFD")
    void invalidUtf8() {
        byte[] text = (BLANKS + "/opt/m/\u00ff\u00c3(\n").getBytes(ISO_8859_1);
        Vma vma = MapsParser.parse(text).vmas().get(0);
        assertThat(vma.pathBytes()).isEqualTo("/opt/m/\u00ff\u00c3(".getBytes(ISO_8859_1));
        assertThat(vma.name()).isEqualTo("/opt/m/\ufffd\ufffd(");
    }

    @Test
    @DisplayName("PMX-07: a carriage return is part of the name, for the kernel ends lines with a newline alone")
    void carriageReturn() {
        assertThat(parse(BLANKS + "/opt/m/x\r\n").get(0).name()).isEqualTo("/opt/m/x\r");
    }

    @Test
    @DisplayName("PMX-08: only a newline is escaped, as \\012")
    void escapedNewline() {
        Vma vma = parse(NEWLINE).get(0);
        assertThat(vma.pathBytes()).isEqualTo(bytes("/opt/m/new\\012line"));
        assertThat(vma.unescapedPathBytes()).isEqualTo(bytes("/opt/m/new\nline"));
        assertThat(parse(BLANKS + "/a\\011\\\\012\\01\n").get(0).unescapedPathBytes())
                .isEqualTo(bytes("/a\\011\\\n\\01"));
    }

    @Test
    @DisplayName("PMX-09: (deleted) is told by the end of the name, and stays part of it")
    void deleted() {
        Vma vma = parse(DELETED).get(0);
        assertThat(vma.deleted()).isTrue();
        assertThat(vma.name()).isEqualTo("/opt/m/bar (deleted)");
        assertThat(parse(BLANKS + "/opt/m/bar(deleted)\n").get(0).deleted()).isFalse();
        assertThat(parse(BLANKS + "/opt/m/bar (deleted) 2\n").get(0).deleted()).isFalse();
        assertThat(parse(ANONYMOUS).get(0).deleted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]", "[uprobes]"})
    @DisplayName("PMX-10: names of mappings that the kernel puts in")
    void special(String name) {
        Vma vma = parse("7feb2f816000-7feb2f818000 r-xp 00000000 00:00 0                          " + name + "\n")
                .get(0);
        assertThat(vma.special()).isTrue();
        assertThat(vma.hasFile()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[heap]", "[stack]", "[stack:1234]", "[anon:dalvik-main space]"})
    @DisplayName("PMX-10: names of a process's own memory are not special")
    void notSpecial(String name) {
        Vma vma = parse("7feb2f816000-7feb2f818000 r-xp 00000000 00:00 0                          " + name + "\n")
                .get(0);
        assertThat(vma.special()).isFalse();
        assertThat(vma.hasFile()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "00:01, 26, '/dev/zero (deleted)'",
        "00:01, 27, '/SYSV00000000 (deleted)'",
        "00:0f, 1033, 'anon_inode:[perf_event]'",
        "00:01, 28, '[anon_shmem:cache]'",
        "fe:00, 29, '/srv/[heap]'",
        "fe:00, 0, '[vdso]'",
        "00:00, 30, '[vdso]'"
    })
    @DisplayName("PMX-11: device or inode tell a file, the name does not; one of them may be zero")
    void file(String device, String inode, String name) {
        Vma vma = parse("7feb2f816000-7feb2f818000 rw-s 00000000 " + device + " " + inode + "      " + name + "\n")
                .get(0);
        assertThat(vma.hasFile()).isTrue();
        assertThat(vma.special()).isFalse();
        assertThat(vma.name()).isEqualTo(name);
    }

    @Test
    @DisplayName("PMX-11: a name without device and inode is no file")
    void noFile() {
        assertThat(parse("7feb2f816000-7feb2f818000 rw-s 00000000 00:00 0      /opt/m/x\n")
                        .hasFile(0))
                .isFalse();
    }

    @Test
    @DisplayName("PMX-12: an overlapping and a descending line are dropped, the one above stays")
    void order() {
        ParsedMaps parsed = MapsParser.parse(
                bytes(MEMFD + "7feb2eb89fff-7feb2eb8b000 r--p 00000000 00:00 0 \n" + ANONYMOUS + BIG_OFFSET));
        assertThat(parsed.vmas().size()).isEqualTo(2);
        assertThat(parsed.vmas().fileOffset(1)).isEqualTo(0x500000000L);
        assertThat(parsed.warnings())
                .containsExactly(
                        new MapsWarning(2, 1, outOfOrder("7feb2eb8a000", "7feb2eb89fff")),
                        new MapsWarning(3, 1, outOfOrder("7feb2eb8a000", "7feb2eb88000")));
    }

    @Test
    @DisplayName("PMX-12: lines order unsigned, vsyscall comes last")
    void unsignedOrder() {
        assertThat(MapsParser.parse(bytes(VDSO + VSYSCALL)).warnings()).isEmpty();
        assertThat(MapsParser.parse(bytes(VSYSCALL + VDSO)).warnings())
                .containsExactly(new MapsWarning(2, 1, outOfOrder("ffffffffff601000", "7feb2f816000")));
    }

    @Test
    @DisplayName("PMX-13: an exact repetition of the line above is passed over, another line for the same range is not")
    void repetition() {
        ParsedMaps parsed = MapsParser.parse(bytes(ANONYMOUS + ANONYMOUS + ANONYMOUS.replace("rw-p", "r--p") + VDSO));
        assertThat(parsed.vmas().size()).isEqualTo(2);
        assertThat(parsed.warnings())
                .containsExactly(new MapsWarning(3, 1, outOfOrder("7feb2eb89000", "7feb2eb88000")));
    }

    @Test
    @DisplayName("PMX-14: a line may be longer than 4096 bytes")
    void longLine() {
        String name = "/" + "x\\012".repeat(100_000);
        VmaIndex vmas = parse(ANONYMOUS + BLANKS + name + "\n" + VDSO);
        assertThat(vmas.size()).isEqualTo(3);
        assertThat(vmas.get(1).name()).isEqualTo(name);
        assertThat(vmas.get(1).unescapedPathBytes()).isEqualTo(bytes("/" + "x\n".repeat(100_000)));
    }

    @Test
    @DisplayName("PMX-15: an empty text is an empty index")
    void empty() {
        ParsedMaps parsed = MapsParser.parse(new byte[0]);
        assertThat(parsed.warnings()).isEmpty();
        assertThat(parsed.vmas().size()).isZero();
        assertThat(parsed.vmas().find(0)).isEqualTo(VmaIndex.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--xp", "r-xp"})
    @DisplayName("TST-17: the golden lines of the kernel's own test, vsyscall in both spellings")
    void goldenLines(String vsyscallPermissions) {
        String prefix = "100000000-100001000 r-xp 00000000 fe:00 2154867";
        String golden = prefix + " ".repeat(73 - prefix.length()) + "/tmp/exe (deleted)\n";
        VmaIndex vmas = parse(golden + VSYSCALL.replace("--xp", vsyscallPermissions));
        Vma exe = vmas.get(0);
        assertThat(exe.start()).isEqualTo(1L << 32);
        assertThat(exe.end()).isEqualTo((1L << 32) + 4096);
        assertThat(exe.name()).isEqualTo("/tmp/exe (deleted)");
        assertThat(exe.deleted()).isTrue();
        assertThat(exe).hasToString("100000000-100001000 /tmp/exe (deleted)");
        assertThat(vmas.executable(1)).isTrue();
        assertThat(vmas.special(1)).isTrue();
        assertThat(vmas.find(0xffffffffff600800L)).isEqualTo(1);
    }

    @Test
    void theLinesOfTheSpecificationAgreeWithTheReference() {
        Stream.of(
                        BLANKS + "/opt/m/a b  c .so\n",
                        NEWLINE,
                        DELETED,
                        BIG_OFFSET,
                        MEMFD,
                        ANONYMOUS,
                        SHARED,
                        VDSO,
                        VSYSCALL)
                .forEach(line -> assertThat(
                                MapsAgreement.assertAgrees(bytes(line)).warnings())
                        .isEmpty());
    }

    @Test
    void theLastLineNeedsNoNewline() {
        VmaIndex vmas = parse(ANONYMOUS + VDSO.stripTrailing());
        assertThat(vmas.get(1).name()).isEqualTo("[vdso]");
    }

    private static VmaIndex parse(String text) {
        ParsedMaps parsed = MapsParser.parse(bytes(text));
        assertThat(parsed.warnings()).isEmpty();
        return parsed.vmas();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String outOfOrder(String end, String start) {
        return "expected a start not below %s, where the mapping above ends, found %s".formatted(end, start);
    }
}
