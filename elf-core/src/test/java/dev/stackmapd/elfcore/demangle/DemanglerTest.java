package dev.stackmapd.elfcore.demangle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests prefixes, suffixes and names that are not mangled. Expected values are those of
/// llvm-cxxfilt-19, unless a comment says otherwise.
class DemanglerTest {

    private final Demangler demangler = new Demangler();

    private String full(String name) {
        return demangler.demangle(name, DemangleMode.FULL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            _Z3foov                                | foo()
            ___Z3foov_block_invoke                 | invocation function for block in foo()
            ___Z3foov_block_invoke_2               | invocation function for block in foo()
            _Z3foov.isra.0                         | foo() (.isra.0)
            _Z3foov.part.0.cold                    | foo() (.part.0.cold)
            _Z3foov.constprop.3                    | foo() (.constprop.3)
            _Z3foov.llvm.8412                      | foo() (.llvm.8412)
            _Z3foov@@V_1.2                         | foo()@@V_1.2
            _Z3foov@V_1.2                          | foo()@V_1.2
            _ZN12_GLOBAL__N_13barEv                | (anonymous namespace)::bar()
            _ZTW1x                                 | thread-local wrapper routine for x
            _ZTH1x                                 | thread-local initialization routine for x
            _ZGVZ1fvE1x                            | guard variable for f()::x
            _ZGR1x_                                | reference temporary for x
            _ZDC1a1bE                              | [a, b]
            _ZTAXtl1SLi1EEE                        | template parameter object for S{1}
            _ZTc0_h4_N1A1fEv                       | _ZTc0_h4_N1A1fEv
            _ZTch4_h8_N1A1fEv                      | covariant return thunk to A::f()
            _ZTC1A0_1B                             | construction vtable for B-in-A
            _ZW3foo3barv                           | bar@foo()
            _ZW3fooWP4part3barv                    | bar@foo:part()
            _ZGIW3foo                              | initializer for module foo
            _ZNH1S3fooES_                          | S::foo(this S)
            _ZN1AF1fEv                             | A::friend f()
            _Z1fDk1C                               | f(C auto)
            _Z1fDB8_DU4_                           | f(_BitInt(8), unsigned _BitInt(4))
            _Z1fu14__remove_cvrefIiE               | f(__remove_cvref(int))
            _Z1fPU8CLglobalVi                      | f(int volatile CLglobal*)
            _Z1fPDoFvvE                            | f(void (*)() noexcept)
            _Z1fPDOLb1EEFvvE                       | f(void (*)() noexcept(true))
            _Z1fPDwiEFvvE                          | f(void (*)() throw(int))
            _Z1fM1AKFviRE                          | f(void (A::*)(int) const &)
            _Z1fDv4_f                              | f(float vector[4])
            _RNvC7mycrate3foo.llvm.12              | mycrate::foo (.llvm.12)
            _RNvCs1234_7mycrateu8gdel_5qa          | mycrate::gödel
            _Dmain                                 | D main
            """)
    void likeLlvm(String mangled, String expected) {
        assertThat(full(mangled)).isEqualTo(expected);
    }

    /// Mach-O adds one underscore, which must be removed before LLVM's tool reads the name.
    @Test
    void machOPrefixes() {
        assertThat(full("__Z3foov")).isEqualTo("foo()");
        assertThat(full("____Z3foov_block_invoke")).isEqualTo("invocation function for block in foo()");
    }

    /// rustc-demangle's rules: `$u…$` is a code point, a hash of equal digits is not a hash.
    @Test
    void rustLegacy() {
        assertThat(full("_ZN4main9g$uf6$del17habaf1e7963b76eb3E")).isEqualTo("main::gödel");
        assertThat(full("_ZN4main3foo17h0123456789abcdefE.llvm.77")).isEqualTo("main::foo (.llvm.77)");
        assertThat(full("_ZN4main3foo17h0000000000000000E")).isEqualTo("main::foo::h0000000000000000");
        assertThat(full("_ZN17h0123456789abcdefE")).isEqualTo("h0123456789abcdef");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_",
                "_Z",
                "__Z",
                "___Z",
                "_R",
                "_D",
                "_D3",
                "main",
                "printf",
                "Z3foov",
                "_Z3fo",
                "_Z9999999999a",
                "_ZN",
                "_ZNE",
                "_ZS_",
                "_ZT",
                "_ZTV",
                "_ZG",
                "_Z1fT_",
                "_Z1fIiEvT0_",
                "_Z3foov junk",
                "_RNvC",
                "_RNvC0",
                "_RINvC1a1bLb_E",
                "_DxyzZ",
                "@",
                "_@",
                "_Z@",
                "_Z.",
                "_R.",
                "_D.",
                "_Z\u00e9"
            })
    void whatCannotBeReadComesBack(String name) {
        assertThat(full(name)).isSameAs(name);
    }

    @Test
    void identifiersBeyondAscii() {
        assertThat(full("_Z7größev")).isEqualTo("größe()");
    }

    @Test
    void limitsCheckThemselves() {
        assertThatIllegalArgumentException().isThrownBy(() -> new DemangleLimits(1, 257, 1, 100));
        assertThatIllegalArgumentException().isThrownBy(() -> new DemangleLimits(0, 1, 1, 100));
        assertThatIllegalArgumentException().isThrownBy(() -> new DemangleLimits(1, 1, 0, 100));
        assertThatIllegalArgumentException().isThrownBy(() -> new DemangleLimits(1, 1, 1, 3));
    }
}
