/// Bytes that nobody vouches for: the bounded cursor, where bytes come from, the malformed-input exception, limits.
///
/// Knows no format. Everything that reads a file's contents does it through this package.
@NullMarked
package dev.stackmapd.elfcore.bytes;

import org.jspecify.annotations.NullMarked;
