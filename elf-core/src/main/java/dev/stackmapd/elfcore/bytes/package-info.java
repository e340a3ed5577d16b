/// Reading untrusted bytes: the bounded cursor, the sources of bytes, the exception for malformed input,
/// and limits.
///
/// It knows no format. All code that reads the contents of a file does so through this package.
@NullMarked
package dev.stackmapd.elfcore.bytes;

import org.jspecify.annotations.NullMarked;
