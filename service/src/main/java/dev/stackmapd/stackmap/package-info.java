/// Keeps each distinct stack once and gives it a name: [ExactStackMap], which never loses a stack, and
/// [KernelStackMap], which answers as the kernel's own stack map does.
///
/// Knows `stack`; knows nothing of how a stack is translated, stored on disk or sent, nor of Spring.
@NullMarked
package dev.stackmapd.stackmap;

import org.jspecify.annotations.NullMarked;
