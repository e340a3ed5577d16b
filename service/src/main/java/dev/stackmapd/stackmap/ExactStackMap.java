package dev.stackmapd.stackmap;

import dev.stackmapd.stack.BuildIds;
import dev.stackmapd.stack.PackedStack;
import dev.stackmapd.stack.Stack;
import dev.stackmapd.stack.StackId;
import java.util.List;
import java.util.Optional;

/// Never loses a stack and never takes one for another (DEV-01): unbounded in entries, bounded by a byte budget.
///
/// The hot path is [#find], which allocates nothing. Entries are numbered from 0 in the order of arrival and are never
/// removed. A stack whose [StackId] is there already is known, even where its raw frames have other reasons; the
/// reasons seen first are kept.
///
/// Room is given per stack ([#insert]) or for many at once: [#reserve] the sum of [#cost], then [#insertReserved] each.
public final class ExactStackMap implements StackMap<StackId, PackedStack> {
    /// No entry.
    public static final int NONE = -1;
    /// The stack is new and the budget has no room for it.
    public static final int NO_ROOM = Integer.MIN_VALUE;

    /// @param buildIds gave the numbers in the packed stacks
    /// @param maxBytes the budget; see [#cost] for what a stack takes out of it
    public ExactStackMap(BuildIds buildIds, long maxBytes) {}

    /// The entry of a known stack, or [#NONE]. Allocates nothing and takes no lock.
    public int find(PackedStack stack) {
        throw new UnsupportedOperationException();
    }

    /// [#find] for `stacks[0, count)` into `entries[0, count)`; faster than one by one because memory is waited for
    /// once for many stacks.
    public void find(PackedStack[] stacks, int count, int[] entries) {
        throw new UnsupportedOperationException();
    }

    /// Stores a stack unless it is known.
    ///
    /// @return the entry of a known stack, 0 or more; `~entry`, below 0, where the stack was new and is `entry` now;
    ///     [#NO_ROOM] where it is new and there is no room (DEV-07: never for a known one)
    public int insert(PackedStack stack) {
        throw new UnsupportedOperationException();
    }

    /// [#insert] within a reservation: uses up exactly [#cost] of it, gives back to the budget what the stack did not
    /// need, and never answers [#NO_ROOM].
    public int insertReserved(PackedStack stack) {
        throw new UnsupportedOperationException();
    }

    /// What a stack takes out of the budget where it is new, in bytes; an upper bound, and 0 in truth for a known one.
    public static long cost(PackedStack stack) {
        throw new UnsupportedOperationException();
    }

    /// Sets bytes of the budget aside, all or none.
    ///
    /// @return whether there was room
    public boolean reserve(long bytes) {
        throw new UnsupportedOperationException();
    }

    /// Gives back what [#reserve] set aside and no [#insertReserved] used up.
    public void release(long bytes) {
        throw new UnsupportedOperationException();
    }

    /// @param entry one that this map gave
    public StackId id(int entry) {
        throw new UnsupportedOperationException();
    }

    /// @param entry one that this map gave
    public Stack stack(int entry) {
        throw new UnsupportedOperationException();
    }

    /// The entry with this id, or [#NONE].
    public int entryOf(StackId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Insertion<StackId> offer(PackedStack stack) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Stack> get(StackId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<StackId> first(int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<StackId> after(StackId id, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int size() {
        throw new UnsupportedOperationException();
    }

    public ExactCounters counters() {
        throw new UnsupportedOperationException();
    }
}
