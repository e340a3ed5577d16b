package dev.stackmapd.elfcore.demangle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests names that are made to be expensive. Depth, work and output are asserted, but not time.
class HostileNamesTest {

    private static final DemangleLimits LIMITS = DemangleLimits.DEFAULT;

    /// Each loop may spend one unit beyond the budget before it ends.
    private static final int SLACK = LIMITS.maxDepth() * 8;

    private static final List<DemangleMode> MODES = List.of(DemangleMode.values());

    private final Demangler demangler = new Demangler();

    private String checked(String name) {
        String shown = "";
        for (DemangleMode mode : DemangleMode.values()) {
            shown = demangler.demangle(name, mode);
            if (!shown.equals(name)) {
                assertThat(shown.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(LIMITS.maxOutputBytes());
            }
            assertThat(demangler.work()).isLessThanOrEqualTo(LIMITS.maxWork() + SLACK);
        }
        return shown;
    }

    static Stream<String> deep() {
        int n = 60_000;
        return Stream.of(
                "_Z1f" + "P".repeat(n) + "i",
                "_Z1f" + "R".repeat(n) + "i",
                "_Z1f" + "K".repeat(n) + "i",
                "_Z1f" + "A_".repeat(n / 2) + "i",
                "_Z1f" + "Dp".repeat(n / 2) + "i",
                "_Z1f" + "PF".repeat(n / 2) + "v" + "vE".repeat(n / 4),
                "_Z1f" + "M1A".repeat(n / 3) + "i",
                "_Z1f" + "U1x".repeat(n / 3) + "i",
                "_Z1f" + "C".repeat(n) + "f",
                "_Z1f" + "1aI".repeat(n / 3) + "i" + "E".repeat(n / 3) + "v",
                "_Z1fI" + "J".repeat(n) + "E".repeat(n),
                "_ZN" + "1a".repeat(n / 2) + "Ev",
                "_ZN" + "1aIiE".repeat(n / 5) + "Ev",
                "_Z" + "Z1fvE".repeat(n / 5) + "1x",
                "_Z".repeat(n / 2),
                "_Z1fIX" + "ng".repeat(n / 2) + "Li1E".repeat(3),
                "_Z1fIX" + "pl".repeat(n / 2),
                "_Z1fIX" + "sp".repeat(n / 2),
                "_Z1fIX" + "gs".repeat(n / 2),
                "_Z1fIXil" + "di1a".repeat(n / 4),
                "_Z1fIX" + "L_Z1gIX".repeat(n / 7),
                "_ZN" + "UlN".repeat(n / 3),
                "_Z1f" + "UlTy".repeat(n / 4),
                "_Z1fI" + "Tp".repeat(n / 2),
                "_Z1fI" + "Tt".repeat(n / 2),
                "_ZTc" + "h1_".repeat(n / 3),
                "_Z3foo" + "B1a".repeat(n / 3),
                "_ZW3foo" + "W1a".repeat(n / 3) + "1xv",
                "_R" + "NvC1a".repeat(n / 5),
                "_R" + "Nv".repeat(n / 2) + "C1a" + "1b".repeat(n / 2),
                "_RMC0" + "R".repeat(n) + "u",
                "_RMC0" + "S".repeat(n) + "u",
                "_RMC0" + "F".repeat(n),
                "_RINvC1a1b" + "K".repeat(n),
                "_RMC0" + "FG".repeat(n / 2),
                "_D1a" + "1b".repeat(n / 2) + "Z",
                "_D1a" + "__T".repeat(n / 3),
                "_D1aFP" + "P".repeat(n) + "iZv",
                "_D1aF" + "H".repeat(n) + "iZv",
                "_D1aFPF" + "PF".repeat(n / 2) + "Zv",
                "_D1a" + "0".repeat(n) + "Z",
                "_D1aFB2147483647Zv",
                "_D1a__T1bVAiA2147483647Z");
    }

    @ParameterizedTest
    @MethodSource("deep")
    void deepNamesCostAtMostTheCaps(String name) {
        checked(name);
    }

    /// A small thread has 512 KiB of stack. The deepest names within the limits must fit.
    @Test
    void deepestReadableNamesFitASmallStack() throws InterruptedException {
        int depth = LIMITS.maxDepth() - 8;
        List<String> names = List.of(
                "_Z1f" + "P".repeat(depth) + "i",
                "_Z1f" + "1aI".repeat(depth / 3) + "i" + "E".repeat(depth / 3),
                "_Z1fI" + "X" + "ng".repeat(depth - 4) + "Li1EE" + "Evv",
                "_RMC1a" + "S".repeat(depth - 4) + "u",
                "_D1aF" + "A".repeat(depth - 4) + "iZv");
        String[] shown = new String[names.size()];
        Thread thread = Thread.ofPlatform().stackSize(1 << 19).unstarted(() -> {
            Demangler own = new Demangler();
            for (int i = 0; i < shown.length; i++) {
                shown[i] = own.demangle(names.get(i), DemangleMode.FULL);
            }
        });
        thread.start();
        thread.join();
        for (int i = 0; i < shown.length; i++) {
            assertThat(shown[i]).isNotNull().isNotEqualTo(names.get(i));
        }
    }

    /// Each argument holds the one before it twice: output and work would double with every five bytes.
    @Test
    void billionLaughsAreCut() {
        StringBuilder name = new StringBuilder("_Z1f1aIiE");
        String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for (int i = 0; i < 30; i++) {
            String last = "S" + digits.charAt(i) + "_";
            name.append("S_I").append(last).append(last).append('E');
        }
        assertThat(checked(name.toString())).endsWith(DemangleLimits.TRUNCATED);
    }

    /// The same with nothing to print: only the work budget ends it.
    @Test
    void silentLaughsComeBack() {
        StringBuilder name = new StringBuilder("_Z1fIJEEv");
        name.append("DpT_");
        String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        String last = "S2_";
        for (int i = 0; i < 30; i++) {
            name.append("DpFv").append(last).append(last).append('E');
            last = "S" + digits.charAt(Math.min(35, i * 2 + 4)) + "_";
        }
        checked(name.toString());
    }

    /// A conversion operator's type may refer to template arguments that hold the reference.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "_ZN1AcvT_IS1_EEv",
                "_ZN1AcvRT_IRS1_EEv",
                "_ZN1AcvRT_IS2_EEv",
                "_ZN1AcvT_IPS1_EEv",
                "_ZN1AcvOT_IOS1_S2_EEv",
                "_ZN1AcvFT_T0_EIS1_S2_EEv",
                "_ZN1AcvPT_IJS2_EEEv",
                "_ZN1AcvDpT_IJS1_EEEv"
            })
    void referencesInARing(String name) {
        checked(name);
    }

    @Test
    void smallCapsHold() {
        Demangler small = new Demangler(new DemangleLimits(1000, 16, 200, 64));
        String shown = small.demangle("_Z1f" + "1abcdefghij".replace("1", "10").repeat(8), DemangleMode.FULL);
        assertThat(shown).hasSize(64).endsWith(DemangleLimits.TRUNCATED);
        String wide = "_Z1f" + "iPi".repeat(100);
        assertThat(small.demangle(wide, DemangleMode.FULL)).isSameAs(wide);
        String deep = "_Z1f" + "P".repeat(17) + "i";
        assertThat(small.demangle(deep, DemangleMode.FULL)).isSameAs(deep);
        String longer = "_Z" + "997" + "x".repeat(997) + "v";
        assertThat(small.demangle(longer, DemangleMode.FULL)).isSameAs(longer);
    }

    @Test
    void everyPrefixOfEveryNameIsHarmless() {
        Corpus.all().filter(entry -> entry.mangled().length() <= 120).forEach(entry -> {
            for (int cut = 0; cut < entry.mangled().length(); cut++) {
                String prefix = entry.mangled().substring(0, cut);
                assertThat(demangler.demangle(prefix, DemangleMode.FULL)).isNotNull();
            }
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 20_261_123})
    void mutatedNamesAreHarmless(long seed) {
        Random random = new Random(seed);
        List<String> names = Corpus.all().map(Corpus.Entry::mangled).toList();
        for (int round = 0; round < 20_000; round++) {
            String name = mutated(names, random);
            DemangleMode mode = MODES.get(random.nextInt(MODES.size()));
            assertThat(demangler.demangle(name, mode)).as(name).isNotNull();
            assertThat(demangler.work()).as(name).isLessThanOrEqualTo(LIMITS.maxWork() + SLACK);
        }
    }

    private static String mutated(List<String> names, Random random) {
        StringBuilder name = new StringBuilder(names.get(random.nextInt(names.size())));
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = 2 + random.nextInt(name.length() - 2);
            String other = names.get(random.nextInt(names.size()));
            int from = random.nextInt(other.length());
            int to = Math.min(other.length(), from + 1 + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> name.setCharAt(at, other.charAt(from));
                case 1 -> name.insert(at, other, from, to);
                case 2 -> name.delete(at, Math.min(name.length(), at + 1 + random.nextInt(6)));
                default -> name.replace(at, Math.min(name.length(), at + to - from), other.substring(from, to));
            }
            while (name.length() < 4) {
                name.append('_');
            }
        }
        return name.toString();
    }
}
