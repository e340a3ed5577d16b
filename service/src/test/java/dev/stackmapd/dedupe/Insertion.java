package dev.stackmapd.dedupe;

/// The result of offering a stack to a map. Every case is ordinary; none is an exception.
///
/// @param <I> how the map names a stack
public sealed interface Insertion<I> {

    /// The stack was new and is stored now.
    record Stored<I>(I id) implements Insertion<I> {}

    /// The map has it already; nothing changed.
    record AlreadyThere<I>(I id) implements Insertion<I> {}

    /// Kernel mode with REUSE only: the stack took the place of another, whose id it now has (SID-24, SID-34).
    record Replaced<I>(I id) implements Insertion<I> {}

    /// Kernel mode only: the one bucket that this stack may use holds another (SID-22, SID-33).
    record Collided<I>() implements Insertion<I> {}

    /// Kernel mode only: the flags are unknown or leave no frame (SID-01, SID-04).
    ///
    /// @param errno a positive number
    record Invalid<I>(int errno) implements Insertion<I> {}

    /// The map is full, and the stack was not seen before (SID-23, SID-31, DEV-07).
    record NoRoom<I>() implements Insertion<I> {}
}
