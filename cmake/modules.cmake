# The house: one folder = one target = one namespace = one include path.
#
#   dosewright_module(lang
#     DEPENDS base                      # modules, each on a lower floor
#     LIBRARIES pegtl                   # external libraries, see cmake/libraries.cmake
#     TEST_LIBRARIES sundials           # libraries that only the tests need
#     SOURCES parse.cpp check.cpp
#     TESTS parse_test.cpp              # become lang_test, which ctest runs as label `quick`
#     BENCHES parse_bench.cpp           # become lang_bench
#     LABELS threads)                   # further ctest labels of the tests
#
# A folder that holds main.cpp also yields the program `dosewright`, at the root of the build folder.
# A module that uses oneTBB has the label `threads`: the thread sanitizer runs those.

# Ordered from the ground floor up. The number is the floor; tests/house/layering.py reads this list.
set(DOSEWRIGHT_FLOORS
  base=0
  lang=1 num=1 molecule=1
  model=2 protocol=2
  sim=3 programme=3 exchange=3
  trial=4 cohort=4 decide=4 verify=4 draw=4 simulate=4
  report=5 audit=5 signal=5 refine=5
  cli=6)

function(dosewright_add_modules)
  set_property(GLOBAL PROPERTY DOSEWRIGHT_BENCHES "")
  # What a sanitizer build needs: the tests of one label, without benches and what else is slow to compile.
  add_custom_target(quick_tests)
  add_custom_target(threads_tests)
  foreach(entry ${DOSEWRIGHT_FLOORS})
    string(REGEX REPLACE "=.*" "" name ${entry})
    string(REGEX REPLACE ".*=" "" DOSEWRIGHT_FLOOR ${entry})
    if(DOSEWRIGHT_MODULES AND NOT name IN_LIST DOSEWRIGHT_MODULES)
      continue()
    endif()
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/dosewright/${name}/CMakeLists.txt)
      # Not at the default place: `dosewright` in the build folder is the program.
      add_subdirectory(dosewright/${name} ${CMAKE_CURRENT_BINARY_DIR}/modules/${name})
    endif()
  endforeach()
  dosewright_add_bench_target()
endfunction()

function(dosewright_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" ""
    "DEPENDS;LIBRARIES;TEST_LIBRARIES;SOURCES;TESTS;BENCHES;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "dosewright_module(${name}): unknown words ${arg_UNPARSED_ARGUMENTS}")
  endif()
  list(REMOVE_ITEM arg_SOURCES main.cpp)

  set(links "")
  foreach(library ${arg_LIBRARIES})
    dosewright_resolve_library(target ${library})
    list(APPEND links ${target})
  endforeach()
  foreach(module ${arg_DEPENDS})
    if(NOT TARGET dosewright_${module})
      message(FATAL_ERROR "module ${name} depends on ${module}, which is not built")
    endif()
    list(APPEND links dosewright_${module})
  endforeach()

  add_library(dosewright_${name} STATIC ${arg_SOURCES})
  target_include_directories(dosewright_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(dosewright_${name} PUBLIC ${links} PRIVATE dosewright_warnings)
  if(DOSEWRIGHT_FLOOR GREATER_EQUAL 5)
    target_compile_options(dosewright_${name} PRIVATE ${DOSEWRIGHT_UPPER_FLOOR_OPTIONS})
  endif()
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)
    dosewright_program(${name})
  endif()
  if(BUILD_TESTING AND arg_TESTS)
    dosewright_module_tests(${name} "${arg_TESTS}" "${arg_TEST_LIBRARIES}"
      "${arg_LABELS}" "${arg_LIBRARIES}")
  endif()
  if(BUILD_TESTING AND arg_BENCHES)
    dosewright_module_benches(${name} "${arg_BENCHES}" "${arg_TEST_LIBRARIES}")
  endif()
endfunction()

function(dosewright_program name)
  add_executable(dosewright main.cpp)
  target_link_libraries(dosewright PRIVATE dosewright_${name} dosewright_warnings)
  set_target_properties(dosewright PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  add_dependencies(quick_tests dosewright)
endfunction()

# Links `target` against a module and the named test libraries, and tells it where the repository is.
function(dosewright_test_executable target module libraries)
  target_link_libraries(${target} PRIVATE dosewright_${module} dosewright_warnings)
  foreach(library ${libraries})
    dosewright_resolve_library(resolved ${library})
    target_link_libraries(${target} PRIVATE ${resolved})
  endforeach()
  target_compile_definitions(${target} PRIVATE DOSEWRIGHT_ROOT="${PROJECT_SOURCE_DIR}")
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
endfunction()

function(dosewright_module_tests name tests libraries labels module_libraries)
  if(NOT TARGET dosewright_doctest_main)
    add_library(dosewright_doctest_main OBJECT ${PROJECT_SOURCE_DIR}/tests/doctest_main.cpp
      ${PROJECT_SOURCE_DIR}/tests/allocations.cpp)
    target_include_directories(dosewright_doctest_main PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(dosewright_doctest_main PUBLIC doctest::doctest)
  endif()
  add_executable(${name}_test ${tests})
  dosewright_test_executable(${name}_test ${name} "${libraries}")
  target_compile_options(${name}_test PRIVATE ${DOSEWRIGHT_TEST_OPTIONS})
  target_link_libraries(${name}_test PRIVATE dosewright_doctest_main rapidcheck)
  list(APPEND labels quick)
  if("tbb" IN_LIST module_libraries OR "TBB::tbb" IN_LIST module_libraries
      OR "TBB" IN_LIST module_libraries)
    list(APPEND labels threads)
  endif()
  list(REMOVE_DUPLICATES labels)
  foreach(label ${labels})
    if(TARGET ${label}_tests)
      add_dependencies(${label}_tests ${name}_test)
    endif()
  endforeach()
  add_test(NAME ${name}_test COMMAND ${name}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  # Property tests draw the same cases in every run of ctest; run the program itself for others.
  set_tests_properties(${name}_test PROPERTIES LABELS "${labels}" TIMEOUT 900
    ENVIRONMENT "RC_PARAMS=seed=1")
endfunction()

# Benches run small under ctest, so that a bench whose candidates disagree fails the tests.
function(dosewright_module_benches name benches libraries)
  add_executable(${name}_bench ${benches})
  dosewright_test_executable(${name}_bench ${name} "${libraries}")
  target_link_libraries(${name}_bench PRIVATE benchmark::benchmark benchmark::benchmark_main)
  add_test(NAME ${name}_bench COMMAND ${name}_bench --benchmark_min_time=0.01
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name}_bench PROPERTIES LABELS bench TIMEOUT 300)
  set_property(GLOBAL APPEND PROPERTY DOSEWRIGHT_BENCHES ${name}_bench)
endfunction()

function(dosewright_add_bench_target)
  get_property(benches GLOBAL PROPERTY DOSEWRIGHT_BENCHES)
  set(commands "")
  foreach(bench ${benches})
    list(APPEND commands COMMAND ${bench})
  endforeach()
  if(NOT commands)
    set(commands COMMAND ${CMAKE_COMMAND} -E echo "No module has a bench.")
  endif()
  add_custom_target(bench ${commands} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} USES_TERMINAL)
endfunction()
