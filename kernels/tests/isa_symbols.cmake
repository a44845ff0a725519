# Fails when an object of one instruction set shares code with the rest of the program: a weak
# symbol could be the copy the linker keeps, and would then run on machines that lack the
# instructions; an undefined one calls code compiled elsewhere.
# Usage: cmake -DNM=nm -DARCHIVE=lib.a -P this

execute_process(COMMAND ${NM} -A ${ARCHIVE} OUTPUT_VARIABLE listing RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${NM} -A ${ARCHIVE} failed")
endif()

set(units scalar avx2 avx2vnni avx512 avx512vnni avx512bf16 amx neon neondotprod neonbf16)
set(tiers Scalar Avx2 Avx2Vnni Avx512 Avx512Vnni Avx512Bf16 Amx Neon NeonDotprod NeonBf16)
list(JOIN units "|" unit)
list(JOIN tiers "|" tier)

string(REPLACE "\n" ";" lines "${listing}")
set(objects 0)
set(problems "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES ":(${unit})\\.cc\\.o:")
    continue()
  endif()
  if(line MATCHES " [VvWwu] ")
    string(APPEND problems "weak: ${line}\n")
  elseif(line MATCHES " U " AND NOT line MATCHES
      " U _?(memcpy|memset|memmove|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail)$")
    string(APPEND problems "undefined: ${line}\n")
  elseif(line MATCHES " [BCDGRST] ")
    math(EXPR objects "${objects} + 1")
    if(NOT line MATCHES " _?_ZN5gatun7kernels[0-9]+k(${tier})TableE$")
      string(APPEND problems "external: ${line}\n")
    endif()
  endif()
endforeach()

if(objects EQUAL 0)
  message(FATAL_ERROR "no table found in ${ARCHIVE}: is the name of the objects still right?")
endif()
if(problems)
  message(FATAL_ERROR "objects compiled for one instruction set may define only their table:\n"
    "${problems}")
endif()
