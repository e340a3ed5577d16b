/// The stack model: [Frame], [Stack], [StackId], and the packed form in which stacks are compared and
/// stored.
///
/// Knows neither where frames come from nor where stacks go.
@NullMarked
package dev.stackmapd.stack;

import org.jspecify.annotations.NullMarked;
