#include <cstdio>
#include <exception>

#include "dosewright/cli/commands.hpp"

int main(int argc, char** argv) {
  try {
    return dosewright::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dosewright: %s\n", error.what());
    return dosewright::cli::kExitFailed;
  }
}
