# External libraries by the short names that modules use in LIBRARIES. Each is a Debian package, see docs/dependencies.md.

find_package(Threads REQUIRED)

function(dosewright_missing package)
  message(FATAL_ERROR "${package} is not installed. Run: tools/setup build")
endfunction()

# Defines dosewright_lib_NAME for a CMake package and the target that it brings.
function(dosewright_library name package target debian)
  find_package(${package} QUIET)
  if(NOT TARGET ${target})
    dosewright_missing(${debian})
  endif()
  add_library(dosewright_lib_${name} INTERFACE)
  target_link_libraries(dosewright_lib_${name} INTERFACE ${target})
endfunction()

dosewright_library(fmt fmt fmt::fmt libfmt-dev)
dosewright_library(tomlplusplus tomlplusplus tomlplusplus::tomlplusplus libtomlplusplus-dev)
dosewright_library(nlohmann_json nlohmann_json nlohmann_json::nlohmann_json nlohmann-json3-dev)
dosewright_library(cli11 CLI11 CLI11::CLI11 libcli11-dev)
dosewright_library(pegtl pegtl taocpp::pegtl tao-pegtl-dev)
dosewright_library(tbb TBB TBB::tbb libtbb-dev)
dosewright_library(nlopt NLopt NLopt::nlopt libnlopt-dev)
dosewright_library(eigen Eigen3 Eigen3::Eigen libeigen3-dev)
dosewright_library(openssl OpenSSL OpenSSL::Crypto libssl-dev)

# The same for a library that Debian ships without a CMake package.
function(dosewright_plain_library name library header debian)
  string(TOUPPER ${name} upper)
  find_library(DOSEWRIGHT_${upper} ${library})
  find_path(DOSEWRIGHT_${upper}_INCLUDE ${header})
  mark_as_advanced(DOSEWRIGHT_${upper} DOSEWRIGHT_${upper}_INCLUDE)
  if(NOT DOSEWRIGHT_${upper} OR NOT DOSEWRIGHT_${upper}_INCLUDE)
    dosewright_missing(${debian})
  endif()
  add_library(dosewright_lib_${name} INTERFACE)
  target_link_libraries(dosewright_lib_${name} INTERFACE ${DOSEWRIGHT_${upper}})
  target_include_directories(dosewright_lib_${name} SYSTEM INTERFACE
    ${DOSEWRIGHT_${upper}_INCLUDE})
endfunction()

dosewright_plain_library(inchi inchi inchi_api.h libinchi-dev)
dosewright_plain_library(readstat readstat readstat.h libreadstat-dev)
dosewright_plain_library(z3 z3 z3++.h libz3-dev)
add_library(dosewright_lib_threads INTERFACE)
target_link_libraries(dosewright_lib_threads INTERFACE Threads::Threads)

# Judges and harnesses of the tests. The program itself must not need them, so a machine without them still builds the program.
if(BUILD_TESTING)
  find_package(doctest QUIET)
  find_package(rapidcheck QUIET)
  find_package(benchmark QUIET)
  find_library(DOSEWRIGHT_CVODE sundials_cvode)
  find_library(DOSEWRIGHT_NVECSERIAL sundials_nvecserial)
  find_library(DOSEWRIGHT_SUNMATRIXDENSE sundials_sunmatrixdense)
  find_library(DOSEWRIGHT_SUNLINSOLDENSE sundials_sunlinsoldense)
  mark_as_advanced(DOSEWRIGHT_CVODE DOSEWRIGHT_NVECSERIAL
    DOSEWRIGHT_SUNMATRIXDENSE DOSEWRIGHT_SUNLINSOLDENSE)
  if(TARGET doctest::doctest AND TARGET rapidcheck AND TARGET benchmark::benchmark
      AND DOSEWRIGHT_CVODE)
    # Named one by one: SUNDIALS' own CMake package asks for MPI and PETSc, which we do not use.
    add_library(dosewright_lib_sundials INTERFACE)
    target_link_libraries(dosewright_lib_sundials INTERFACE ${DOSEWRIGHT_CVODE}
      ${DOSEWRIGHT_NVECSERIAL} ${DOSEWRIGHT_SUNMATRIXDENSE} ${DOSEWRIGHT_SUNLINSOLDENSE})
  else()
    message(STATUS "Tests are left out: their libraries are missing. Run: tools/setup test")
    set(BUILD_TESTING OFF)
  endif()
endif()

# Turns a short name ("pegtl") or a CMake target ("fmt::fmt") into the target to link.
function(dosewright_resolve_library result name)
  if(TARGET ${name})
    set(${result} ${name} PARENT_SCOPE)
    return()
  endif()
  string(TOLOWER ${name} short)
  string(REGEX REPLACE "^.*::" "" last ${short})
  foreach(candidate ${short} ${last})
    if(TARGET dosewright_lib_${candidate})
      set(${result} dosewright_lib_${candidate} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "unknown library '${name}' in ${CMAKE_CURRENT_LIST_FILE}; "
    "libraries are named in cmake/libraries.cmake")
endfunction()
