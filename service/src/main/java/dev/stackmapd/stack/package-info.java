/// What a stack is: [Frame], [Stack], [StackId], and the packed form in which stacks are compared and kept.
///
/// Knows neither where frames come from nor where stacks go.
@NullMarked
package dev.stackmapd.stack;

import org.jspecify.annotations.NullMarked;
