# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=FILE.cc -DLIST=NAME -DFILES=A;B -P embed.cmake
# Writes a C++ file with the texts of files: a function NAME, which returns a list of {file name, text}, as agent/build/embedded.h declares it.
set(entries "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  # A compiler takes 64 KiB of a literal for sure.
  string(LENGTH "${text}" left)
  set(literals "")
  set(offset 0)
  while(left GREATER 0)
    string(SUBSTRING "${text}" ${offset} 8000 piece)
    string(APPEND literals "\n     R\"caliwatch(${piece})caliwatch\"")
    math(EXPR offset "${offset} + 8000")
    math(EXPR left "${left} - 8000")
  endwhile()
  string(APPEND entries "    {\"${name}\",${literals}},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"agent/build/embedded.h\"\n\nnamespace caliwatch {\n
const std::vector<EmbeddedFile>& ${LIST}() {
  static const auto* const files = new std::vector<EmbeddedFile>{\n${entries}  };
  return *files;\n}\n\n}  // namespace caliwatch\n")
