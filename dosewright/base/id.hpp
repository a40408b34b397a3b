// Id<Tag>: an index that cannot be mixed up with another kind of index. Cf. drake type_safe_index.
#pragma once

#include <compare>
#include <cstdint>

namespace dosewright {

template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::uint64_t value) : value_(value) {}
  constexpr std::uint64_t value() const { return value_; }
  constexpr auto operator<=>(const Id&) const = default;

 private:
  std::uint64_t value_ = 0;
};

using PatientId = Id<struct PatientTag>;

}  // namespace dosewright
