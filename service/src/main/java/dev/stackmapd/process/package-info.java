/// Which file lies behind an address of a process: the text of `/proc/<pid>/maps` becomes a [VmaIndex] of [Vma]s.
/// The text comes from a sender, or from a process beside us ([LiveProcess]).
///
/// Knows the kernel's maps format and nothing of stacks, build-ids, stores or HTTP. It opens no mapped file.
@NullMarked
package dev.stackmapd.process;

import org.jspecify.annotations.NullMarked;
