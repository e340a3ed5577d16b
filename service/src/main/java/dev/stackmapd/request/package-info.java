/// How a request is bounded and rejected: the rejection exception, admission by bytes, shares per sender, pools of
/// threads that compute, and annotations for what a route takes.
///
/// Depends on no other package and not on Spring. Read [dev.stackmapd.request.RejectionException] first.
@NullMarked
package dev.stackmapd.request;

import org.jspecify.annotations.NullMarked;
