# Writes a header with a digest of the sources that decide how weights are packed.
# Arguments: ROOT, SOURCES (absolute paths), OUTPUT.
list(SORT SOURCES)
set(text "")
foreach(source IN LISTS SOURCES)
  file(RELATIVE_PATH name ${ROOT} ${source})
  file(SHA256 ${source} digest)
  string(APPEND text "${digest} ${name}\n")
endforeach()
string(SHA256 digest "${text}")
string(SUBSTRING ${digest} 0 12 short)
file(WRITE ${OUTPUT} "// Made by packing_sources.cmake.
#pragma once

namespace gatun::encoder {
inline constexpr char kPackingSources[] = \"${short}\";
}
")
