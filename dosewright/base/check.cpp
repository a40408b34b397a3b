#include "dosewright/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace dosewright {

void check_failed(const char* condition, const char* file, int line, const std::string& details) {
  std::fprintf(stderr, "%s:%d: internal check failed: %s%s%s\n", file, line, condition,
               details.empty() ? "" : ": ", details.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace dosewright
