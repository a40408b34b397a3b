# Compiles SOURCE and compares the outcome with the first line of it, which is either
# "// MUST_COMPILE" or "// EXPECT_ERROR: " with a regular expression for the compiler's message.
file(STRINGS ${SOURCE} first_line LIMIT_COUNT 1)
execute_process(
  COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${SOURCE}
  RESULT_VARIABLE code
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output)

if(first_line STREQUAL "// MUST_COMPILE")
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "the control does not compile, so no refusal means anything:\n${output}")
  endif()
  return()
endif()

if(NOT first_line MATCHES "^// EXPECT_ERROR: (.+)$")
  message(FATAL_ERROR "${SOURCE} does not say on its first line what is expected")
endif()
set(expected "${CMAKE_MATCH_1}")
if(code EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, but must not")
endif()
# Quotes of the compiler depend on the locale.
string(REGEX REPLACE "[‘’']" "" plain "${output}")
if(NOT plain MATCHES "error: [^\n]*(${expected})")
  message(FATAL_ERROR "${SOURCE} is refused, but not because of /${expected}/:\n${output}")
endif()
