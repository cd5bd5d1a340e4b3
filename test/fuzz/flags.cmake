# SPDX-License-Identifier: Apache-2.0
# How the product is compiled for test/fuzz: all of it within `.ci/run`, on a fresh clone, so that what costs time and
# finds nothing is left out.
set(not_ours ${CMAKE_SOURCE_DIR}/test/fuzz/not_ours.txt)
add_compile_options(-O1 -g0 -fsanitize=fuzzer-no-link -D_GLIBCXX_ASSERTIONS
  -fsanitize-ignorelist=${not_ours} -fsanitize-coverage-ignorelist=${not_ours}
  # The checks that cost most to compile, and see little that the address sanitizer does not.
  -fno-sanitize=null,vptr,function,object-size
  # The other flags are those of g++.
  -Wno-unknown-warning-option -Wno-unused-command-line-argument)

# Parsed once, and no longer most of what a file takes to compile.
set(precompiled_for_fuzzing <nlohmann/json.hpp> ${CMAKE_SOURCE_DIR}/lib/analysis/evidence/evidence.h
  ${CMAKE_SOURCE_DIR}/lib/analysis/report.h ${CMAKE_SOURCE_DIR}/lib/analysis/state/state.h)

# Leaves out what no fuzzer reaches. The files of a room are compiled as one, which takes a quarter of the time; a file
# that gives something a name which another of its room has ("redefinition of …") is listed here, and compiled by itself.
set(by_themselves shared_cause endpoint_file_history change_log catalog/convergence catalog/felix felix_answers kernel_socket
  node_workloads pod_namespaces node_json this_node_json untrusted_folder workloads_json)
function(choose_for_fuzzing list)
  list(FILTER ${list} EXCLUDE REGEX "/lib/analysis/path/|/lib/anonymize/|/lib/ipam/checks/|/lib/cluster/(checks/|evidence|judge|neighbours|outliers|standing)|/lib/decode/(ipam|json|node|workloads)_|/lib/view/(.*/)?(cluster|ipam|path)_|/agent/cli/|/agent/cluster/|/agent/nodes/|/agent/http/(cluster|ipam)_|/agent/daemon/(cluster|event|felix|ipam|poll|run|process|boot|confinement|system|node_prober|probe)")
  list(JOIN by_themselves "|" names)
  foreach(file IN LISTS ${list})
    file(RELATIVE_PATH room ${CMAKE_SOURCE_DIR} ${file})
    get_filename_component(room ${room} DIRECTORY)
    # Each check calls what it prints to type CommandsOf.
    if(NOT file MATCHES "/checks/|/(${names})\\.cc$")
      string(MAKE_C_IDENTIFIER ${room} room)
      set_source_files_properties(${file} PROPERTIES UNITY_GROUP ${room})
    elseif(file MATCHES "/shared_cause")  # its name is one of a header that is precompiled
      set_source_files_properties(${file} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    endif()
  endforeach()
  set(${list} ${${list}} PARENT_SCOPE)
endfunction()
