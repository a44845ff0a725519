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

# The module descriptor of a jar, also one under META-INF/versions; nothing when there is none.
descriptor() {
  text=$("$jdk/bin/jar" --describe-module --file "$1" 2>/dev/null) || :
  case $text in
    *'No root module descriptor'*)
      text=$("$jdk/bin/jar" --describe-module --release 25 --file "$1" 2>/dev/null) || :
      ;;
  esac
  echo "$text"
}

echo "gatun: [2/4] runtime" >&2
# The JDK's modules that the jars' descriptors require, and those that the code of the jars without
# a descriptor uses. Not java.desktop: images, which nothing here handles.
modules=$({
  for jar in "$tree"/lib/*.jar; do
    descriptor "$jar" |
      awk '$1 == "requires" && $2 ~ /^(java|jdk)\./ && !/ static/ { print $2 }'
  done
  "$jdk/bin/jdeps" --ignore-missing-deps --multi-release 25 --print-module-deps \
    "$tree"/lib/api-*.jar "$tree"/lib/tokenizers-*.jar "$tree"/lib/re2j-*.jar | tr ',' '\n'
} | grep -v -x java.desktop | sort -u | tr '\n' ',')
# jdk.zipfs is reached by name only.
"$jdk/bin/jlink" --add-modules "${modules}jdk.zipfs" --strip-debug --no-header-files \
  --no-man-pages --output "$tree/runtime"

echo "gatun: [3/4] rehearsal" >&2
GATUN_MAKE_CACHE=1 "$tree/bin/gatun" rehearse >&2
# What it unpacked is of use to every user of the archive.
chmod -R a+rX "$tree/engine"

echo "gatun: [4/4] archive" >&2
tar -C "$dist" -czf "$tree.tar.gz.part" "$name"
mv "$tree.tar.gz.part" "$tree.tar.gz"
rm -rf "$tree"
echo "$tree.tar.gz"
