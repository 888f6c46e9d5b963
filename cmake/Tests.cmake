# garita_add_test(NAME n COMMAND target-or-program [argument...] LABELS sanitize|release...
#                 [TIMEOUT s])
#
# ./check runs "sanitize" in the dev build and "release" in the release build; a test may have both.
# A test that cannot run here prints why in its last line and exits 77: a skip, which ./check counts.
# A test may write in its own folder (the working directory, empty at its start) and nowhere else.
function(garita_add_test)
  cmake_parse_arguments(arg "" "NAME;TIMEOUT" "COMMAND;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120) # sanitizers on a busy machine; a hang, not a pace
  endif()
  list(POP_FRONT arg_COMMAND program)
  if(TARGET ${program})
    set(program $<TARGET_FILE:${program}>)
  endif()
  add_test(NAME ${arg_NAME}
           COMMAND ${PROJECT_SOURCE_DIR}/tests/in_folder ${PROJECT_BINARY_DIR}/scratch/${arg_NAME}
                   ${program} ${arg_COMMAND}
           COMMAND_EXPAND_LISTS)
  set_tests_properties(${arg_NAME} PROPERTIES
    LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77
    ENVIRONMENT "GARITA=$<TARGET_FILE:garita>;GARITA_SOURCE=${PROJECT_SOURCE_DIR};LC_ALL=C.UTF-8;ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1;UBSAN_OPTIONS=print_stacktrace=1")
endfunction()
