#!/usr/bin/env bash
# Generates the package dev.gatun.inference.abi from native/include/gatun.h with jextract.
#
#   bindings/jextract.sh [OUTPUT_DIRECTORY]     default: bindings/src/main/java
#
# Looks for jextract in $JEXTRACT, on the PATH, then in ../shared/tools/jextract. jextract needs
# libclang 19 (apt-get install libclang1-19 libclang-common-19-dev).
# Exit status 3: jextract is not here; 2: libclang is not.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
output="${1:-$root/bindings/src/main/java}"

jextract="${JEXTRACT:-}"
[ -n "$jextract" ] || jextract="$(command -v jextract || true)"
[ -n "$jextract" ] || jextract="$root/../shared/tools/jextract/jextract"
if [ ! -x "$jextract" ]; then
  echo "jextract.sh: no jextract: set JEXTRACT or put it on the PATH" >&2
  exit 3
fi

fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT
# The header is named relative to the root, so that no absolute path can reach the output.
cd "$root"
"$jextract" @bindings/jextract.includes -t dev.gatun.inference.abi --output "$fresh" \
  native/include/gatun.h
mkdir -p "$output/dev/gatun/inference"
rm -rf "$output/dev/gatun/inference/abi"
mv "$fresh/dev/gatun/inference/abi" "$output/dev/gatun/inference/abi"
