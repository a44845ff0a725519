# Writes a CTest file that runs every golden test once per tier of this machine.
# Arguments: TIERS, TEST (executables), EMULATOR (command that runs them, or empty), OUTPUT.
execute_process(COMMAND ${EMULATOR} ${TIERS} OUTPUT_VARIABLE tiers COMMAND_ERROR_IS_FATAL ANY)
string(STRIP "${tiers}" tiers)
string(REPLACE "\n" ";" tiers "${tiers}")
set(command "")
foreach(word IN LISTS EMULATOR TEST)
  string(APPEND command " [=[${word}]=]")
endforeach()
set(text "")
foreach(tier IN LISTS tiers)
  string(APPEND text "add_test([=[native.golden.${tier}]=]${command})\n"
    "set_tests_properties([=[native.golden.${tier}]=] PROPERTIES ENVIRONMENT GATUN_ISA=${tier})\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
