package dev.stackmapd.elfcore.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// Tests SIMPLE and TEMPLATES. Expected values are from `llvm-cxxfilt-19 --no-params`, which omits the
/// parameters of the function itself, for the names that cannot have parameters of other functions.
class DemangleModesTest {

    static final List<String> CPP = Corpus.CPP;

    /// Functions around a local entity, thunks and closures have parameters that LLVM keeps; after a
    /// clone suffix it stops reading.
    private static final Pattern OTHER_PARAMETERS = Pattern.compile("^_Z[ZTG]|Ul|\\.");

    /// Names that a plain count of brackets would misread.
    private static final Pattern OTHER_BRACKETS = Pattern.compile("operator|decltype|\\(|->");

    private final Demangler demangler = new Demangler();

    @ParameterizedTest
    @FieldSource("CPP")
    void templatesLeavesOutTheParametersOnly(String corpus) {
        SoftAssertions softly = new SoftAssertions();
        int checked = 0;
        for (Corpus.Entry entry : Corpus.of(corpus)) {
            if (!OTHER_PARAMETERS.matcher(entry.mangled()).find()
                    && !entry.bare().equals(entry.mangled())) {
                softly.assertThat(demangler.demangle(entry.mangled(), DemangleMode.TEMPLATES))
                        .as(entry.mangled())
                        .isEqualTo(entry.bare());
                checked++;
            }
        }
        softly.assertAll();
        assertThat(checked).isGreaterThan(100);
    }

    @ParameterizedTest
    @FieldSource("CPP")
    void simpleIsTemplatesWithoutWhatStandsInAngles(String corpus) {
        SoftAssertions softly = new SoftAssertions();
        int checked = 0;
        for (Corpus.Entry entry : Corpus.of(corpus)) {
            String plain = withoutAngles(entry.bare());
            if (!OTHER_PARAMETERS.matcher(entry.mangled()).find()
                    && !OTHER_BRACKETS
                            .matcher(plain.replace("(anonymous namespace)", ""))
                            .find()) {
                softly.assertThat(demangler.demangle(entry.mangled(), DemangleMode.SIMPLE))
                        .as(entry.mangled())
                        .isEqualTo(plain);
                checked++;
            }
        }
        softly.assertAll();
        assertThat(checked).isGreaterThan(100);
    }

    /// Counts brackets; knows nothing of C++.
    private static String withoutAngles(String text) {
        StringBuilder plain = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '<' ? 1 : 0;
            if (depth == 0) {
                plain.append(c);
            }
            depth -= c == '>' && depth > 0 ? 1 : 0;
        }
        return plain.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            _ZNSt6vectorIiSaIiEE9push_backERKi          | std::vector::push_back            | std::vector<int, std::allocator<int>>::push_back
            _ZZ3foovENKUlvE_clEv                        | foo::'lambda'::operator()         | foo::'lambda'::operator()
            _ZZN1AIiE3fooEvE1x                          | A::foo::x                         | A<int>::foo::x
            _ZThn16_N3foo3barEi                         | non-virtual thunk to foo::bar     | non-virtual thunk to foo::bar
            _ZTV3FooIiE                                 | vtable for Foo                    | vtable for Foo<int>
            _Z1fISt8functionIFviEEEvT_                  | f                                 | f<std::function<void (int)>>
            _Z1fIXadL_Z1giEEEvv                         | f                                 | f<&g(int)>
            _ZN1XIiEcvT_IdEEv                           | X::operator double                | X<int>::operator double<double>
            _ZN1XcvSt6vectorIiEEv                       | X::operator std::vector           | X::operator std::vector<int>
            _Z3foov.isra.0                              | foo (.isra.0)                     | foo (.isra.0)
            _Z3fooi@@VERS_1                             | foo@@VERS_1                       | foo@@VERS_1
            _RINvNtC3std3mem8align_ofjE                 | std::mem::align_of                | std::mem::align_of::<usize>
            _RNvMC1aINtB2_3BoxhE3new                    | <a::Box>::new                     | <a::Box<u8>>::new
            _ZN4core3fmt5write17h0123456789abcdefE      | core::fmt::write                  | core::fmt::write
            _D3std5array__T8AppenderTyAaZQo3putMFyAaZv  | std.array.Appender.Appender.put   | std.array.Appender!(immutable(char[])).Appender.put
            """)
    void byHand(String mangled, String simple, String templates) {
        assertThat(demangler.demangle(mangled, DemangleMode.SIMPLE)).isEqualTo(simple);
        assertThat(demangler.demangle(mangled, DemangleMode.TEMPLATES)).isEqualTo(templates);
    }

    @Test
    void noneGivesTheNameBack() {
        assertThat(demangler.demangle("_Z3foov", DemangleMode.NONE)).isSameAs("_Z3foov");
    }
}
