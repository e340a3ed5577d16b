/// Batches in: decoding, limits, idempotence, and the one pipeline from a batch to the store.
///
/// Knows every room above it. Spring appears in the controller only; questions and names are not its affair.
@NullMarked
package dev.stackmapd.ingest;

import org.jspecify.annotations.NullMarked;
