// DW_CHECK: for our own bugs only (never for bad input). Armed in release; prints and aborts.
#pragma once

#include <cstddef>
#include <string>

namespace dosewright {

[[noreturn]] void check_failed(const char* condition, const char* file, int line,
                               const std::string& details);

// An index that is known not to be negative.
constexpr std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

// Of an entry of a matrix of n columns that is stored row by row.
constexpr std::size_t at(int row, int column, int n) {
  return at(row) * at(n) + at(column);
}

}  // namespace dosewright

#define DW_CHECK(condition, ...)                                                            \
  do {                                                                                      \
    if (!(condition)) [[unlikely]]                                                          \
      ::dosewright::check_failed(#condition, __FILE__, __LINE__, std::string(__VA_ARGS__)); \
  } while (false)

#ifdef NDEBUG
#define DW_DCHECK(condition, ...) ((void)0)
#else
#define DW_DCHECK(condition, ...) DW_CHECK(condition, ##__VA_ARGS__)
#endif
