package dev.stackmapd.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    /// As Python's `fnmatch.fnmatchcase` answers, but for `[^` and the backslash, which are as fnmatch(3)
    /// has them.
    @ParameterizedTest
    @CsvSource({
        "/usr/bin/app, /usr/bin/app, true",
        "/usr/bin/app, /usr/bin/apps, false",
        "/usr/bin/app, /usr/bin/ap, false",
        "*, /usr/bin/app, true",
        "/usr/*, /usr/bin/app, true",
        "/usr/*p, /usr/bin/app, true",
        "/usr/*x, /usr/bin/app, false",
        "*app, /usr/bin/app, true",
        "*bin*, /usr/bin/app, true",
        "*lib*, /usr/bin/app, false",
        "/a*b*c, /abc, true",
        "/a*bc*bc, /abc, false",
        "/a**c, /ac, true",
        "/lib?.so, /lib1.so, true",
        "/lib?.so, /lib.so, false",
        "/a?b, /a/b, true",
        "/lib[0-9].so, /lib7.so, true",
        "/lib[0-9].so, /libx.so, false",
        "/lib[!0-9].so, /libx.so, true",
        "/lib[!0-9].so, /lib7.so, false",
        "/lib[^0-9].so, /lib7.so, false",
        "/[]x], /], true",
        "/[]x], /x, true",
        "/[a-], /-, true",
        "/[a, /[a, true",
        "/[, /[, true",
        "/[!], /[!], true",
        "/\\*, /*, true",
        "/\\*, /a, false",
        "/\\, /\\, true",
        "/?, /\uD83D\uDE00, true",
    })
    void matches(String pattern, String path, boolean matches) {
        assertThat(new Glob(pattern).test(path)).isEqualTo(matches);
    }

    @Test
    void aSetMayBeAsLongAsAPattern() {
        Glob glob = new Glob("/[" + "ab".repeat(2_000) + "x-z]");
        assertThat(glob.test("/b")).isTrue();
        assertThat(glob.test("/y")).isTrue();
        assertThat(glob.test("/c")).isFalse();
        assertThat(new Glob("/[!" + "b".repeat(4_000) + "]").test("/b")).isFalse();
    }

    /// Patterns that take other matchers for ever.
    @Test
    void manyStarsCostNoMoreThanPatternTimesPath() {
        String path = "/" + "a".repeat(4_000);
        assertThat(new Glob("*a".repeat(1_000) + "b").test(path)).isFalse();
        assertThat(new Glob("*a".repeat(1_000)).test(path)).isTrue();
        assertThat(new Glob("*".repeat(4_096)).test(path)).isTrue();
    }
}
