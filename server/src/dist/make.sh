#!/bin/sh
# make.sh ROOT JDK_HOME: what ./gatun dist runs. Puts a JVM with just the modules in use, the jars,
# the native library and the models into one archive, and prints its path.
set -eu
root=$1 jdk=$2
here=$root/server/src/dist

version=$(sed -n 's:^  <version>\(.*\)</version>:\1:p' "$root/pom.xml" | head -n 1)
name=gatun-$version-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
dist=$root/build/dist
tree=$dist/$name
rm -rf "$tree" "$tree.tar.gz"
mkdir -p "$tree/bin" "$tree/native" "$tree/licenses"

echo "gatun: [1/4] files" >&2
cp "$root/gatun" "$tree/bin/gatun"
cp -Rp "$root/build/lib" "$tree/lib"
cp "$root"/build/native/libgatun.* "$tree/native/"
cp -R "$root/build/models" "$tree/models"
cp "$root/LICENSE" "$here/NOTICE" "$tree/"
cp "$here"/licenses/* "$tree/licenses/"

# Every jar must have a line in third-party.txt, so that no licence goes unnoticed.
for jar in "$tree"/lib/*.jar; do
  artifact=$(basename "$jar" | sed 's/-[0-9][0-9A-Za-z.]*\(-SNAPSHOT\)\{0,1\}\.jar$//')
  case $artifact in gatun-*) continue ;; esac
  license=$(awk -v artifact="$artifact" '$1 == artifact { print $2 }' "$here/third-party.txt")
  if [ -z "$license" ]; then
    echo "gatun: no licence of $artifact in server/src/dist/third-party.txt" >&2
    exit 1
  fi
  printf '%-60s %s\n' "$(basename "$jar")" "$license"
done >"$tree/licenses/THIRD-PARTY.txt"

echo "gatun: [2/4] runtime" >&2
# jdk.zipfs opens resources inside jars; jdeps cannot see that.
modules=$("$jdk/bin/jdeps" --ignore-missing-deps --multi-release 25 --print-module-deps \
  --class-path "$tree/lib/*" "$tree"/lib/*.jar),jdk.zipfs
"$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
  --output "$tree/runtime"

echo "gatun: [3/4] rehearsal" >&2
"$tree/bin/gatun" rehearse >&2

echo "gatun: [4/4] archive" >&2
tar -C "$dist" -czf "$tree.tar.gz.part" "$name"
mv "$tree.tar.gz.part" "$tree.tar.gz"
rm -rf "$tree"
echo "$tree.tar.gz"
