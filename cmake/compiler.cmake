# What every target is compiled with. Presets choose build types and sanitizers; nothing here changes what the program does.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "kind of build" FORCE)
endif()
# DW_CHECK does not look at NDEBUG and stays armed in every build; NDEBUG only switches off DW_DCHECK.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")
# The sources of tests alone: what they test is optimised as ever, and compiling them is most of the time of a build.
set(DOSEWRIGHT_TEST_OPTIONS -O1)
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  # A sanitizer's report needs lines and no variables, and compiling with them takes half as long again.
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
  set(DOSEWRIGHT_TEST_OPTIONS -O0)
  # Commands, reports and tables wait for nothing and compile in 40 % of the time this way.
  set(DOSEWRIGHT_UPPER_FLOOR_OPTIONS -O0)
  # Templates of other people's headers are watched for bad memory, not for undefined behaviour: a quarter of the build's time.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_FLAGS MATCHES "undefined")
    add_compile_options(-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/ubsan.ignore)
  endif()
endif()

# A contracted a*b+c rounds once where the scalar reference rounds twice: answers would depend on the compiler and on the lane width.
add_compile_options(-ffp-contract=off)

# Kernels that exist once for each kind of processor: NAME_avx2.cpp and NAME_avx512.cpp. Chosen when the program runs (base/width.hpp).
function(dosewright_vector_sources name)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    return()
  endif()
  set(wide -mavx512f -mavx512dq -mavx512vl)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND wide -mprefer-vector-width=512)
  endif()
  set_source_files_properties(${name}_avx2.cpp PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma")
  set_source_files_properties(${name}_avx512.cpp PROPERTIES COMPILE_OPTIONS "${wide}")
endfunction()

add_library(dosewright_warnings INTERFACE)
target_compile_options(dosewright_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  # GCC 12 sees overlapping copies in `"text" + std::string` where there are none (GCC bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # Clang 19 finds std::get_temporary_buffer inside GCC 12's own std::stable_sort.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # DW_DCHECK passes its details on, if there are any; GCC accepts `, ##__VA_ARGS__` in silence.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-zero-variadic-macro-arguments>)

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(DOSEWRIGHT_CCACHE ccache)
  mark_as_advanced(DOSEWRIGHT_CCACHE)
  if(DOSEWRIGHT_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${DOSEWRIGHT_CCACHE})
  endif()
endif()
