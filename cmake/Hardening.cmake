# One interface target that every target of ours links: warnings, sanitizers, hardening.
add_library(garita_flags INTERFACE)

target_compile_options(garita_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wundef
  -Wvla -Wformat=2 -Wnull-dereference -Wimplicit-fallthrough
  # gcc, the dev build's compiler, judges formats that are passed on; clang takes all of them for flaws
  $<$<C_COMPILER_ID:Clang>:-Wno-format-nonliteral>
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition>)
if(GARITA_WERROR)
  target_compile_options(garita_flags INTERFACE -Werror)
endif()

target_compile_options(garita_flags INTERFACE -fstack-protector-strong -fno-strict-aliasing)
if(GARITA_SANITIZE)
  target_compile_options(garita_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(garita_flags INTERFACE -fsanitize=address,undefined)
else()
  target_compile_options(garita_flags INTERFACE -fstack-clash-protection)
  target_compile_definitions(garita_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  target_link_options(garita_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
if(GARITA_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "libFuzzer comes with clang: use the preset \"fuzz\"")
  endif()
  target_compile_options(garita_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
