# SPDX-License-Identifier: Apache-2.0
# How the product is compiled for test/fuzz. A fresh clone compiles all of it within `.ci/run`: without optimization it
# takes a third of the time.
set(not_ours ${CMAKE_SOURCE_DIR}/test/fuzz/not_ours.txt)
add_compile_options(-O0 -g0 -fsanitize=fuzzer-no-link -D_GLIBCXX_ASSERTIONS
  -fsanitize-ignorelist=${not_ours} -fsanitize-coverage-ignorelist=${not_ours}
  # The checks that cost most to compile, and see little that the address sanitizer does not.
  -fno-sanitize=null,vptr,function,object-size
  # The other flags are those of g++.
  -Wno-unknown-warning-option -Wno-unused-command-line-argument)

# Leaves out what no fuzzer reaches. Rooms whose files share no names of their own are compiled as one file each, which
# takes a fifth of the time; a file that repeats a name of its room is listed here, and compiled by itself.
function(choose_for_fuzzing list)
  list(FILTER ${list} EXCLUDE REGEX "/lib/anonymize/|/agent/cli/|/agent/daemon/(event|felix|poll|run|process|boot)")
  set(by_themselves shared_cause|endpoint_file_history|change_log)
  foreach(file IN LISTS ${list})
    if(NOT file MATCHES "/(${by_themselves})\\.cc$" AND file MATCHES
       "/lib/(analysis/(bgp|convergence|evidence|findings|routes|state|workloads)|view/html|view/json|view/log)/")
      set_source_files_properties(${file} PROPERTIES UNITY_GROUP ${CMAKE_MATCH_1})
    endif()
  endforeach()
  set(${list} ${${list}} PARENT_SCOPE)
endfunction()
