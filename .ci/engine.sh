#!/usr/bin/env bash
# Runs a command with a container engine beside it:   .ci/engine.sh mvn verify
#
# The engine is podman with a storage of its own; the command finds it by DOCKER_HOST. No image registry is needed:
# the base image of docker/Dockerfile is made from this system's Debian mirror and the JDK that the build uses.
# Where any of this is impossible, one line says so and the command runs all the same, without an engine.
# Packages and the base image are kept between runs; the folder is STACKMAPD_CI_CACHE, or one in ~/.cache.
set -uo pipefail

readonly PACKAGES="podman runc conmon netavark aardvark-dns catatonit iptables debootstrap"
readonly BASE_IMAGES="eclipse-temurin:25-jre eclipse-temurin:25-jdk"
readonly CACHE=${STACKMAPD_CI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/stackmapd-ci}
work=$(mktemp -d)
service=

say() { echo "engine: $*" >&2; }

install_packages() {
  local package missing=
  for package in $PACKAGES; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=" $package"
  done
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086  # a list of words
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing; } \
    >"$work/apt.log" 2>&1
}

# podman remembers all three folders of its storage in the storage itself, so they stay where they are from run to run,
# and a second run waits for the first.
claim_storage() {
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  rm -rf "$CACHE/run" "$CACHE/tmp"
  mkdir -p "$CACHE/storage"
}

write_settings() {
  cat >"$work/storage.conf" <<SETTINGS
[storage]
driver = "overlay"
graphroot = "$CACHE/storage"
runroot = "$CACHE/run"
SETTINGS
  # runc, cgroupfs: this also works where no systemd runs and where cgroups are of version 1.
  # ulimits: podman's defaults may be above what the machine allows.
  # exit_command_delay: what watches a finished command ends soon after us, not after podman's five minutes.
  # docker hub: images go by their short names, as the Dockerfile has them.
  cat >"$work/containers.conf" <<SETTINGS
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
compat_api_enforce_docker_hub = false
exit_command_delay = 30
tmp_dir = "$CACHE/tmp"
[network]
network_backend = "netavark"
SETTINGS
  export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
}

jdk_25() {
  local home version
  for home in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" /usr/lib/jvm/* /opt/java/*; do
    [ -x "$home/bin/javac" ] && [ -r "$home/release" ] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
    [ "${version:-0}" -eq 25 ] && { readlink -f "$home"; return 0; }
  done
  return 1
}

debian_mirror() {
  # shellcheck disable=SC2016  # apt expands these
  apt-get indextargets --format '$(REPO_URI)' "Codename: $1" "Component: main" "Created-By: Packages" | head -n 1
}

# A stand-in for the public image of the same name: Debian with bash, and a JDK at the same place.
make_base_image() {
  local jdk=$1 codename mirror root=$work/root
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(debian_mirror "$codename")
  debootstrap --variant=minbase "$codename" "$root" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 || return 1
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  mkdir -p "$root/opt/java/openjdk"
  tar -C "$jdk" --exclude=./jmods --exclude=./lib/src.zip -c . | tar -C "$root/opt/java/openjdk" -x || return 1
  tar -C "$root" -c . | podman import -q -c "ENV JAVA_HOME=/opt/java/openjdk" \
    -c "ENV PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    -c "LABEL dev.stackmapd.ci.jdk=$(digest_of "$jdk")" - "${BASE_IMAGES%% *}" >/dev/null || return 1
  rm -rf "$root"
}

digest_of() { sha256sum "$1/release" | cut -c 1-32; }

have_base_image() {
  [ "$(podman image inspect -f '{{ index .Labels "dev.stackmapd.ci.jdk" }}' "${BASE_IMAGES%% *}" 2>/dev/null)" = "$1" ]
}

start_service() {
  local socket=$work/engine.sock
  podman system service -t 0 "unix://$socket" >"$work/service.log" 2>&1 9>&- &
  service=$!
  for _ in $(seq 100); do
    podman --url "unix://$socket" version >/dev/null 2>&1 && break
    kill -0 "$service" 2>/dev/null || return 1
    sleep 0.1
  done
  export DOCKER_HOST=unix://$socket TESTCONTAINERS_RYUK_DISABLED=true TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
}

# Prints why there can be no engine and returns 1, or starts one.
start() {
  local jdk image
  [ "$(id -u)" -eq 0 ] || { say "none: not root"; return 1; }
  command -v apt-get >/dev/null || { say "none: no apt-get to install podman with"; return 1; }
  jdk=$(jdk_25) || { say "none: no JDK 25 to make the base image of"; return 1; }
  install_packages || { say "none: apt-get: $(tail -n 1 "$work/apt.log")"; return 1; }
  claim_storage
  write_settings
  if ! have_base_image "$(digest_of "$jdk")"; then
    make_base_image "$jdk" || { say "none: no base image: $(tail -n 1 "$work/debootstrap.log")"; return 1; }
  fi
  for image in $BASE_IMAGES; do
    podman tag "${BASE_IMAGES%% *}" "$image" || { say "none: cannot name the base image $image"; return 1; }
  done
  podman run --rm "${BASE_IMAGES%% *}" java -version >"$work/try.log" 2>&1 \
    || { say "none: a first container failed: $(tail -n 1 "$work/try.log")"; return 1; }
  start_service || { say "none: podman: $(tail -n 1 "$work/service.log")"; return 1; }
  say "$(podman --version), ready after $SECONDS s"
}

stop() {
  if [ -n "$service" ]; then
    podman rm --all --force --time 1 >/dev/null 2>&1
    # What tests have built, named or not; the base image stays.
    podman images --quiet --filter "reference=localhost/testcontainers/*" | sort -u | xargs -r podman rmi --force \
      >/dev/null 2>&1
    podman image prune --force >/dev/null 2>&1
    kill "$service" 2>/dev/null
    wait "$service" 2>/dev/null
  fi
  rm -rf "$work"
}

[ $# -gt 0 ] || { echo "usage: $0 COMMAND [ARGUMENT...]" >&2; exit 64; }
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
start
"$@" 9>&-
