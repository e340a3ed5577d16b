package dev.stackmapd.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stackmapd.elfcore.elf.BuildId;
import dev.stackmapd.elfcore.elf.FileOffset;
import dev.stackmapd.stack.Frame;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [StackStore] promises.
public abstract class StackStoreContract extends StoreContract {
    @Test
    void givesBackTheFramesOfAStackLeafFirst() {
        Stack stack = new Stack(
                List.of(
                        new Frame.InFile(LIBC, new FileOffset(1)),
                        new Frame.InFile(BuildId.ofHtlhash(new byte[16]), new FileOffset(2)),
                        new Frame.InKernel(LIBC, -3),
                        new Frame.Named("jvm", "a.B.c", "B.java", 7),
                        new Frame.Named("jvm", "a.B.d", "", 0),
                        new Frame.Raw(0x7fff_0000_0001L, Frame.Reason.ANONYMOUS)),
                true);
        StackId id = put(store, stack).ids().getFirst();
        assertThat(store.stacks().find(id)).contains(stack);
        assertThat(id).isEqualTo(StackId.of(stack));
    }

    @Test
    void findsManyInTheOrderAsked() {
        List<StackId> ids = put(store, many(0, 3)).ids();
        StackId unknown = new StackId(1, 2);
        assertThat(store.stacks().find(List.of(ids.get(2), unknown, ids.get(0), ids.get(2))))
                .containsExactly(Optional.of(stack(2)), Optional.empty(), Optional.of(stack(0)), Optional.of(stack(2)));
        assertThat(store.stacks().find(List.of())).isEmpty();
    }

    @Test
    void keepsAStackOnce() {
        CommittedBatch first = put(store, stack(1), stack(2), stack(1));
        assertThat(first.added()).isEqualTo(2);
        assertThat(first.ids().get(0))
                .isEqualTo(first.ids().get(2))
                .isNotEqualTo(first.ids().get(1));
        assertThat(put(store, stack(2)).added()).isZero();
        assertThat(store.stacks().size()).isEqualTo(2);
    }

    @Test
    void aCutStackAndAWholeOneAreDifferent() {
        Stack cut = new Stack(stack(1).frames(), true);
        CommittedBatch stored = put(store, cut, stack(1));
        assertThat(stored.added()).isEqualTo(2);
        assertThat(store.stacks().find(stored.ids().getFirst())).contains(cut);
    }

    @Test
    void anUnknownIdIsEmpty() {
        assertThat(store.stacks().find(new StackId(1, 2))).isEmpty();
    }

    @Test
    void pagesThroughAllIds() {
        List<StackId> ids = new ArrayList<>(put(store, many(0, 250)).ids());
        List<StackId> walked = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<StackId> page = store.stacks().page(cursor, 100);
            walked.addAll(page.items());
            sizes.add(page.items().size());
            cursor = page.cursor();
        } while (cursor.isPresent());
        assertThat(walked).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(sizes).containsExactly(100, 100, 50);
        assertThat(store.stacks().page(Optional.empty(), 250).next()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "00", "-", "0-", "zz-00"})
    void refusesCursorsThatItDidNotGive(String cursor) {
        assertThatThrownBy(() -> store.stacks().page(Optional.of(cursor), 1)).isInstanceOf(CursorException.class);
        assertThatThrownBy(() -> store.binaries().page(Optional.of(cursor), 1)).isInstanceOf(CursorException.class);
    }
}
