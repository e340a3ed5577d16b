/// Ingests batches: decoding, limits, idempotency, and the pipeline from a batch to the store.
///
/// Knows `resolve` and `store`; knows nothing of symbolization. Only its controller knows Spring. Read [Ingestion]
/// first.
@NullMarked
package dev.stackmapd.ingest;

import org.jspecify.annotations.NullMarked;
