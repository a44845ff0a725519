# Fails when a C++ file is not as clang-format leaves it. Another version formats otherwise, so only
# the pinned one is asked; where it is absent the check says so and passes.
# Run by ctest with -DROOT=<repository> -DVERSION=<clang-format version>.
find_program(CLANG_FORMAT NAMES clang-format HINTS ${ROOT}/build/tools/bin)
if(CLANG_FORMAT)
  execute_process(COMMAND ${CLANG_FORMAT} --version OUTPUT_VARIABLE found)
endif()
if(NOT CLANG_FORMAT OR NOT found MATCHES "version ${VERSION}")
  message("skipped: no clang-format ${VERSION} here (pip install clang-format==${VERSION})")
  return()
endif()
file(GLOB_RECURSE sources ${ROOT}/kernels/*.cc ${ROOT}/kernels/*.h ${ROOT}/native/*.cc
     ${ROOT}/native/*.h ${ROOT}/native/*.c)
execute_process(COMMAND ${CLANG_FORMAT} --dry-run -Werror ${sources} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "Format the files above: ${CLANG_FORMAT} -i FILE")
endif()
