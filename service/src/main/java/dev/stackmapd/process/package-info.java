/// Finds the mapping of an address: parses the text of `/proc/<pid>/maps` into a [VmaIndex] of [Vma]s.
/// The text comes from a sender, or from a process on this host ([LiveProcess]).
///
/// Knows the kernel's maps format and nothing of stacks, build-ids, stores or HTTP. It opens no mapped file.
@NullMarked
package dev.stackmapd.process;

import org.jspecify.annotations.NullMarked;
