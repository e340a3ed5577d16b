package dev.stackmapd.elfcore.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartNamesTest {

    @ParameterizedTest
    @CsvSource({
        "f.cold, f",
        "f.cold.0, f",
        "f.cold.1234, f",
        "f.warm, f",
        "f.warm.0, f",
        "f.__part.12, f",
        "f.eh, f",
        "f.cold.0.__part.3, f",
        "_Z7checkedm.cold, _Z7checkedm",
        "foo.part.0.cold, foo.part.0",
        "foo.constprop.0.isra.0.cold, foo.constprop.0.isra.0",
        "foo.lto_priv.0.cold, foo.lto_priv.0"
    })
    void aPartHasTheNameOfItsFunction(String symbol, String function) {
        assertThat(PartNames.functionOf(symbol)).isEqualTo(function);
    }

    @ParameterizedTest
    @CsvSource({
        "f",
        "''",
        "foo.constprop.0",
        "foo.isra.0",
        "foo.part.0",
        "foo.part.0.isra.0",
        "foo.llvm.123456",
        "foo.lto_priv.0",
        "foo.localalias",
        "foo.__uniq.123",
        ".cold",
        ".cold.0",
        "cold",
        "f.cold.",
        "f.cold.a",
        "f.colder",
        "f.__part",
        "f.cold@plt",
        "main.(*T).coldStart"
    })
    void everythingElseKeepsItsName(String symbol) {
        assertThat(PartNames.functionOf(symbol)).isSameAs(symbol);
    }
}
