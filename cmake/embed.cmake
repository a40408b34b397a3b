# Bundles web/report and embeds files into libraries.

# dosewright_web_bundle(PAGE FOLDER): sets PAGE to FOLDER/page.html, which npm makes anew whenever a file of web/ changed.
function(dosewright_web_bundle result folder)
  set(web ${PROJECT_SOURCE_DIR}/web)
  find_program(DOSEWRIGHT_NODE NAMES node nodejs)
  mark_as_advanced(DOSEWRIGHT_NODE)
  if(NOT DOSEWRIGHT_NODE)
    message(FATAL_ERROR "node is not installed; it bundles the report. Run: tools/setup build")
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${web}/report/*.js ${web}/report/*.css ${web}/report/*.html)
  add_custom_command(
    OUTPUT ${folder}/page.html
    COMMAND ${DOSEWRIGHT_NODE} ${web}/build.mjs --out ${folder}
    DEPENDS ${sources} ${web}/build.mjs ${web}/package.json ${web}/package-lock.json
    WORKING_DIRECTORY ${web}
    COMMENT "Bundling web/report"
    VERBATIM)
  set(${result} ${folder}/page.html PARENT_SCOPE)
endfunction()

# dosewright_embed(SOURCE FILE path HEADER path FUNCTION ns::name): sets SOURCE to a C++ file that defines
# `std::string_view ns::name()` over the bytes of the file. The assembler reads them, so size costs no compile time.
function(dosewright_embed result)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FILE;HEADER;FUNCTION" "")
  string(REGEX REPLACE "::[^:]*$" "" space ${arg_FUNCTION})
  string(REGEX REPLACE "^.*::" "" name ${arg_FUNCTION})
  string(REPLACE "::" "_" symbol "embedded_${arg_FUNCTION}")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include "@arg_HEADER@"

asm(R"(
  .pushsection .rodata
  .balign 16
  .global @symbol@_begin
@symbol@_begin:
  .incbin "@arg_FILE@"
  .global @symbol@_end
@symbol@_end:
  .byte 0
  .popsection
)");

extern "C" const char @symbol@_begin[];
extern "C" const char @symbol@_end[];

namespace @space@ {

std::string_view @name@() {
  return {@symbol@_begin, static_cast<std::size_t>(@symbol@_end - @symbol@_begin)};
}

}  // namespace @space@
]])
  # On its own: a unity file forgets what its members depend on, and would keep the old text.
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${arg_FILE} SKIP_UNITY_BUILD_INCLUSION ON)
  set(${result} ${source} PARENT_SCOPE)
endfunction()
