/// Tries the image as an operator runs it. Knows the service by its HTTP API and its log only, never by its classes.
@NullMarked
package dev.stackmapd.docker;

import org.jspecify.annotations.NullMarked;
