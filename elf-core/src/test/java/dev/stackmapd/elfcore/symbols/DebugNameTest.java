package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stackmapd.elfcore.dwarf.FunctionNames;
import dev.stackmapd.elfcore.dwarf.SourceLanguage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebugNameTest {

    @ParameterizedTest
    @CsvSource({
        "GO, runtime.memmove.abi0, runtime.memmove",
        "GO, runtime.sigreturn__sigaction.abiinternal, runtime.sigreturn__sigaction",
        "GO, main.abi0.x, main.abi0.x",
        "C, f.abi0, f.abi0",
        "RUST, f.abiinternal, f.abiinternal"
    })
    void callingConventionsAreCutForGoAlone(SourceLanguage language, String name, String shown) {
        DebugName own = DebugName.of(new FunctionNames("", name, 1), language);
        assertThat(own.rawName()).isEqualTo(shown);
        assertThat(own.shown(name)).isEqualTo(shown);
    }

    @Test
    void onlyALinkageNameDecidesBetweenAliases() {
        FunctionNames mangled = new FunctionNames("_ZN4deep1fEi", "f", 1);
        assertThat(DebugName.of(mangled, SourceLanguage.CPP))
                .isEqualTo(new DebugName("_ZN4deep1fEi", DebugName.Weight.DECISIVE));
        assertThat(DebugName.of(new FunctionNames("", "f", 1), SourceLanguage.CPP)
                        .weight())
                .isEqualTo(DebugName.Weight.AMONG_EQUALS);
        assertThat(DebugName.of(new FunctionNames("__GI___poll", "__poll", 1), SourceLanguage.C)
                        .weight())
                .isEqualTo(DebugName.Weight.AMONG_EQUALS);
    }
}
