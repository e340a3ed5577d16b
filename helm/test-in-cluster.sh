#!/usr/bin/env bash
# Tries both charts in the cluster that KUBECONFIG names, at their default memory limits, under the `restricted` Pod
# Security standard:
#
#   helm/test-in-cluster.sh IMAGE EXECUTABLE DEBUGFILE [MINUTES]
#
# IMAGE is docker/Dockerfile's, where the cluster's nodes find it. EXECUTABLE and DEBUGFILE are a large program or library
# and its separate debug file, such as libjvm.so and its .debug. Server and sidecar get both, are asked for the lines of
# 3,000 addresses that llvm-symbolizer has lines for, and are kept under load for MINUTES (5). It fails where a container
# was restarted, where an address has no line, or where the sidecar does not find its neighbour's build-ids and names.
#
# Needs kubectl, helm, python3, llvm-symbolizer and readelf; makes the namespace stackmapd-test and deletes it again.
set -euo pipefail
cd "$(dirname "$0")"

image=$1
executable=$(realpath "$2")
debug=$(realpath "$3")
minutes=${4:-5}
namespace=stackmapd-test
work=$(mktemp -d)
forwards=()

say() { echo "test-in-cluster: $*"; }

clean() {
  [ ${#forwards[@]} -eq 0 ] || kill "${forwards[@]}" 2>/dev/null || true
  kubectl delete namespace "$namespace" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean EXIT

in_namespace() { kubectl --namespace "$namespace" "$@"; }

install_server() {
  helm install --namespace "$namespace" server stackmapd --wait --timeout 3m \
    --set security.allowUnauthenticated=true --set image.repository="${image%:*}" --set image.tag="${image##*:}" >"$work/helm.log"
}

# The workload is a process that sleeps, from the same image: its binaries are other files than the sidecar's own.
install_workload() {
  cp -r example-workload stackmapd-sidecar "$work"
  helm dependency build "$work/example-workload" >>"$work/helm.log"
  helm template --validate --namespace "$namespace" workload "$work/example-workload" \
    --set image="$image" --set stackmapd-sidecar.image.repository="${image%:*}" \
    --set stackmapd-sidecar.image.tag="${image##*:}" >"$work/workload.yaml"
  in_namespace patch --local --filename "$work/workload.yaml" --output yaml --type=json --patch \
    '[{"op": "add", "path": "/spec/template/spec/containers/0/command", "value": ["sleep", "86400"]}]' \
    >"$work/sleeping.yaml"
  in_namespace create --filename "$work/sleeping.yaml" >>"$work/helm.log"
  in_namespace rollout status deployment workload --timeout=3m >>"$work/helm.log"
}

# Prints the newest pod of a release.
pod() {
  in_namespace get pods --selector "app.kubernetes.io/instance=$1" --field-selector status.phase=Running \
    --sort-by=.metadata.creationTimestamp --output 'jsonpath={.items[-1:].metadata.name}'
}

# Forwards a free local port to a pod's loopback address, and leaves it in $port.
forward() {
  in_namespace port-forward "pod/$1" :8080 >"$work/forward.$1" 2>&1 &
  forwards+=($!)
  for _ in $(seq 50); do
    port=$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\).*/\1/p' "$work/forward.$1")
    [ -z "$port" ] || return 0
    sleep 0.2
  done
  say "no port was forwarded to $1"
  return 1
}

restarts() {
  in_namespace get pod "$1" --output \
    'jsonpath={range .status.containerStatuses[*]}{.restartCount}{"\n"}{end}{range .status.initContainerStatuses[*]}{.restartCount}{"\n"}{end}' |
    paste -sd+ | bc
}

# The build-ids and names that the sidecar has of the sleeping process are those that readelf finds in the container's
# files.
check_neighbour() {
  local pid
  # shellcheck disable=SC2016 # the shell in the container expands it
  pid=$(in_namespace exec "$1" --container stackmapd -- bash -c \
    'for p in /proc/[0-9]*; do read -r name <"$p/comm" && [ "$name" = sleep ] && echo "${p#/proc/}" && exit; done')
  in_namespace exec "$1" --container stackmapd -- bash -c "echo \"\$(</proc/$pid/maps)\"" >"$work/maps"
  while read -r file; do
    mkdir -p "$work/files$(dirname "$file")"
    in_namespace exec "$1" --container workload -- cat "$file" >"$work/files$file"
  done < <(awk '$2 ~ /x/ && $6 ~ /^\// {print $6}' "$work/maps" | sort -u)
  ./cluster-load.py neighbour "$2" "$pid" "$work/maps" "$work/files"
}

kubectl create namespace "$namespace" >/dev/null
kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted >/dev/null
install_server
install_workload
server=$(pod server)
workload=$(pod workload)
forward "$server"
server_port=$port
forward "$workload"
sidecar_port=$port
say "server $server and workload $workload run"

check_neighbour "$workload" "$sidecar_port"
./cluster-load.py addresses "$executable" "$debug" >"$work/addresses"
./cluster-load.py upload "$server_port" "$executable" "$debug"
./cluster-load.py lines "$server_port" "$executable" "$work/addresses"
./cluster-load.py upload "$sidecar_port" "$executable" "$debug"
./cluster-load.py lines "$sidecar_port" "$executable" "$work/addresses"
./cluster-load.py load "$minutes" "$executable" "$work/addresses" "$server_port" "$sidecar_port"

for name in "$server" "$workload"; do
  count=$(restarts "$name")
  say "$name was restarted $count times"
  [ "$count" = 0 ]
done
say "passed"
