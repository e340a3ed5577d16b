package dev.stackmapd.dedupe;

import dev.stackmapd.stack.Stack;
import java.util.List;
import java.util.Optional;

/// What the tests of [StackMapContract] see of a map that keeps each distinct stack once, under an id.
///
/// Thread-safe: any number of threads may call anything at any time, and each call takes effect at one instant
/// between its start and its end. Only a page may be of a longer moment: it has every stack that was there from the
/// call's start to its end, and none that was there at no time between. Reading changes nothing (DEV-06).
///
/// @param <I> how stacks are named
/// @param <S> how stacks are offered
public interface StackMap<I, S> {

    /// Offers one stack. A map that has the stack already says so even if it is full (DEV-07),
    /// except where a map documents that the kernel does otherwise.
    Insertion<I> offer(S stack);

    /// The stack with this id, its frames from leaf to root, or empty where no stack has it.
    Optional<Stack> get(I id);

    /// The lowest ids, ascending.
    ///
    /// @param limit how many at most, 1 or more
    List<I> first(int limit);

    /// The lowest ids strictly above `id`, ascending, whether or not a stack has `id` itself (DEV-14).
    ///
    /// @param limit how many at most, 1 or more
    List<I> after(I id, int limit);

    /// How many stacks are there.
    int size();
}
