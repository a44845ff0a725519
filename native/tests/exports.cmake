# The library exports exactly the functions of exports.txt. Arguments: NM, LIBRARY, GOLDEN.
execute_process(COMMAND ${NM} --dynamic --defined-only --no-demangle ${LIBRARY}
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" lines "${symbols}")
set(exported "")
foreach(line IN LISTS lines)
  if(line MATCHES " A ")  # the version node itself
    continue()
  endif()
  string(REGEX REPLACE "^.* ([^ @]+)(@.*)?$" "\\1" name "${line}")
  list(APPEND exported ${name})
endforeach()
list(SORT exported)
file(STRINGS ${GOLDEN} expected)
if(NOT exported STREQUAL expected)
  message(FATAL_ERROR "exported: ${exported}\nexpected: ${expected}")
endif()
