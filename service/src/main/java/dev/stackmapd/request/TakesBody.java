package dev.stackmapd.request;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Declares the type of body that an operation takes. The type decides the maximum size and the
/// admission that the request waits for. An operation without this annotation takes a
/// [BodyType#MESSAGE].
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface TakesBody {
    BodyType value();

    enum BodyType {
        /// A control message of at most 64 KiB, sent or decompressed.
        MESSAGE,
        /// A query: ids or frames. The body is received completely before the request waits for a permit
        /// for queries.
        QUESTION,
        /// Stacks, within the limits of `ingest.*`. The body is received completely before the request
        /// waits for a permit for batches.
        BATCH,
        /// A file, within the limits of `artifacts.*`. The operation streams it from the connection to
        /// disk and decides itself when to begin.
        FILE
    }
}
