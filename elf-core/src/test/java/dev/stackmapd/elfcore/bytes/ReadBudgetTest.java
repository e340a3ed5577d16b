package dev.stackmapd.elfcore.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReadBudgetTest {
    private final ReadBudget budget = new ReadBudget(1000, 100);

    @Test
    void growingChargesTheOldArrayUntilItIsCopied() throws Exception {
        long[] array = budget.grow(new long[0], 50, "rows");
        assertThat(budget.bytes()).isEqualTo(400);
        array[49] = 7;
        array = budget.grow(array, 75, "rows");
        assertThat(array).hasSize(75);
        assertThat(array[49]).isEqualTo(7);
        assertThat(budget.bytes()).isEqualTo(600);
        assertThat(budget.peakBytes()).isEqualTo(1000);
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsAllocated() throws Exception {
        long[] rows = budget.grow(new long[0], 50, "rows");
        assertThatThrownBy(() -> budget.grow(rows, Integer.MAX_VALUE, "rows"))
                .isInstanceOf(OverLimitException.class)
                .hasMessageContaining("rows: offset 0x0: takes more than 1000 bytes of memory");
        assertThat(budget.bytes()).isEqualTo(400);
        assertThat(budget.exceeded()).contains("rows takes more than 1000 bytes of memory");
        assertThat(budget.grow(rows, 75, "rows")).hasSize(75);
    }

    @Test
    void eachKindOfArrayCountsItsOwnWidth() throws Exception {
        assertThat(budget.grow(new int[0], 10, "a")).hasSize(10);
        assertThat(budget.bytes()).isEqualTo(40);
        assertThat(budget.grow(new byte[0], 10, "a")).hasSize(10);
        assertThat(budget.bytes()).isEqualTo(50);
        assertThat(budget.grow(new String[0], 10, "a")).hasSize(10);
        assertThat(budget.bytes()).isEqualTo(90);
        budget.giveBack(90);
        budget.take(1000, "a");
        assertThatThrownBy(() -> budget.take(1, "a")).isInstanceOf(OverLimitException.class);
    }

    @Test
    void stepsAreCountedAndTheFirstReasonStays() throws Exception {
        budget.spend(60, "entries");
        long before = budget.steps();
        assertThatThrownBy(() -> budget.spend(41, "rows"))
                .hasMessageContaining("rows: offset 0x0: takes more than 100 steps");
        budget.waste(before);
        assertThat(budget.wasted()).isEqualTo(41);
        assertThatThrownBy(() -> budget.take(2000, "names")).isInstanceOf(OverLimitException.class);
        assertThat(budget.exceeded()).contains("rows takes more than 100 steps");
    }
}
