package dev.stackmapd.request;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says what kind of body an operation takes, which decides how large it may be and what it waits for. An operation
/// without this annotation takes a [BodyType#MESSAGE].
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface TakesBody {
    BodyType value();

    enum BodyType {
        /// A control message of at most 64 KiB, sent or decompressed.
        MESSAGE,
        /// Ids or frames that are asked for. Received whole first; then one of the places for questions is waited for.
        QUESTION,
        /// Stacks, within the limits of `ingest.*`. Received whole first; then one of the places for batches is waited
        /// for.
        BATCH,
        /// A file, within the limits of `artifacts.*`, which is read from the connection as it goes to disk. The
        /// operation itself decides when it may begin.
        FILE
    }
}
