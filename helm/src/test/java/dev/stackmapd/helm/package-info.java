/// Renders the charts with Helm's own code, as `helm template` does, and checks the manifests against the Kubernetes
/// types. Needs no cluster, no `helm` and no network.
@NullMarked
package dev.stackmapd.helm;

import org.jspecify.annotations.NullMarked;
