// An order in which each definition uses only earlier ones.
#pragma once

#include <cstddef>
#include <vector>

namespace dosewright::lang {

struct Order {
  std::vector<std::size_t> sorted;               // those outside and not behind a cycle
  std::vector<std::size_t> left;                 // the others, as they came
  std::vector<std::vector<std::size_t>> cycles;  // each begins with its smallest index
};

// uses[i]: the indices that i needs. As close to the given order as can be, so stable.
Order order_by_use(const std::vector<std::vector<std::size_t>>& uses);

}  // namespace dosewright::lang
