package dev.stackmapd.elfcore.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Sampled names of real symbol tables, and names made by compilers for every construct, against what
/// llvm-cxxfilt-19 (C++, Rust v0) and binutils' c++filt (Rust legacy, D) print.
class DemanglerCorpusTest {

    static final List<String> CORPORA = Corpus.ALL;

    /// The names for which llvm-cxxfilt 19.1.7 is wrong. Each value has the right answer, and the rule.
    private static final Map<String, String> LLVM_IS_WRONG = Map.of(
            // A template template parameter is substitutable (5.1.5 <template-template-param>), LLVM forgets it.
            "_ZNK3gl3MUlT_T1_IS_EDpT2_E_clIiLi3E3tt1JcEEEiS_S1_S3_",
            "int gl3::'lambda'(auto, auto<gl3>, auto...)::operator()<int, 3, tt1, char>(gl3, auto, auto) const");

    @ParameterizedTest
    @FieldSource("CORPORA")
    void fullEqualsTheForeignTool(String corpus) {
        Demangler demangler = new Demangler();
        SoftAssertions softly = new SoftAssertions();
        List<Corpus.Entry> entries = Corpus.of(corpus);
        for (Corpus.Entry entry : entries) {
            String expected = LLVM_IS_WRONG.getOrDefault(entry.mangled(), entry.full());
            softly.assertThat(demangler.demangle(entry.mangled(), DemangleMode.FULL))
                    .as(entry.mangled())
                    .isEqualTo(expected);
        }
        softly.assertAll();
        assertThat(entries).hasSizeGreaterThan(200);
    }

    @Test
    void everyExceptionIsStillInTheCorpus() {
        Set<String> language = Set.copyOf(
                Corpus.of("language").stream().map(Corpus.Entry::mangled).toList());
        assertThat(language).containsAll(LLVM_IS_WRONG.keySet());
    }

    /// Names of compilers that LLVM returns unchanged; the answers are those of c++filt 2.40, in LLVM's
    /// spelling.
    @Test
    void namesThatLlvmRefuses() {
        Demangler demangler = new Demangler();
        assertThat(demangler.demangle("_ZN3OpspmEi", DemangleMode.FULL)).isEqualTo("Ops::operator->*(int)");
        assertThat(demangler.demangle("_ZN4ConvcvRSt6vectorIT_SaIS1_EEIiEEv", DemangleMode.FULL))
                .isEqualTo("Conv::operator std::vector<int, std::allocator<int>>&<int>()");
    }
}
