// An array of doubles that begins at a cache line, so that vectors of any width are loaded whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dosewright {

class AlignedDoubles {
 public:
  explicit AlignedDoubles(std::size_t n) : storage_(n + kLine - 1, 0.0) {
    const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
    data_ = storage_.data() + (kLine - address / sizeof(double) % kLine) % kLine;
  }
  // Moving keeps the storage that data_ points into; copying would not.
  AlignedDoubles(const AlignedDoubles&) = delete;
  AlignedDoubles& operator=(const AlignedDoubles&) = delete;
  AlignedDoubles(AlignedDoubles&&) noexcept = default;
  AlignedDoubles& operator=(AlignedDoubles&&) noexcept = default;

  double* data() { return data_; }
  const double* data() const { return data_; }
  std::size_t bytes() const { return storage_.size() * sizeof(double); }

 private:
  static constexpr std::size_t kLine = 64 / sizeof(double);
  std::vector<double> storage_;
  double* data_;
};

}  // namespace dosewright
