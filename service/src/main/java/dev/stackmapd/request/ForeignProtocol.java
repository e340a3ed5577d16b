package dev.stackmapd.request;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a controller whose protocol is not ours (debuginfod, Pyroscope): query parameters that it does not know are
/// ignored, because clients of later versions may send them.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ForeignProtocol {}
