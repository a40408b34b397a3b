// Result<T>: a value, or every fault that was found on the way to it.
//
// Bad input is normal here (people write programmes by hand), so a reader never stops at the
// first fault: it collects all of them, each with its place, and returns them together.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dosewright/base/check.hpp"

namespace dosewright {

// Where something stands in a file. line and column count from 1; 0 means "not known".
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

std::string to_text(const Place& place);  // "file:line:column", the known part of it

// One thing that is wrong: what was expected and found, and, where there is one, a way out.
struct Fault {
  Place place;
  std::string message;  // "threshold for 'ALT' needs a unit, found '3'"
  std::string hint;     // "write '3 ULN' or '120 U/L'"; may be empty
  std::string quote;    // the faulty line with a caret below it; may be empty
};

std::string to_text(const Fault& fault);  // the lines a person reads, without a final newline

class Faults {
 public:
  Faults() = default;
  explicit Faults(Fault fault) { add(std::move(fault)); }

  void add(Fault fault) { list_.push_back(std::move(fault)); }
  void add(Place place, std::string message, std::string hint = {}) {
    list_.push_back({std::move(place), std::move(message), std::move(hint), {}});
  }
  void merge(const Faults& other) {
    list_.insert(list_.end(), other.list_.begin(), other.list_.end());
  }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  const Fault& operator[](std::size_t i) const { return list_[i]; }

 private:
  std::vector<Fault> list_;
};

std::string to_text(const Faults& faults);  // each fault on its own lines, then their number

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Faults faults)
      : state_(std::in_place_index<1>, std::move(faults)) {  // NOLINT(google-explicit-constructor)
    DW_CHECK(!std::get<1>(state_).empty(), "a failed Result must say why");
  }
  Result(Fault fault) : Result(Faults(std::move(fault))) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    DW_CHECK(ok(), to_text(faults_unchecked()));
    return std::get<0>(state_);
  }
  const T& value() const& {
    DW_CHECK(ok(), to_text(faults_unchecked()));
    return std::get<0>(state_);
  }
  T&& value() && {
    DW_CHECK(ok(), to_text(faults_unchecked()));
    return std::get<0>(std::move(state_));
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const Faults& faults() const {
    DW_CHECK(!ok(), "asked a good Result for its faults");
    return std::get<1>(state_);
  }

 private:
  Faults faults_unchecked() const { return ok() ? Faults() : std::get<1>(state_); }
  std::variant<T, Faults> state_;
};

struct Done {};  // the value of a Result that carries none

// DW_TRY(text, read_text(path)); declares text, or returns the faults from this function.
#define DW_TRY(name, expression)                          \
  auto name##_result = (expression);                      \
  if (!name##_result.ok()) return name##_result.faults(); \
  auto& name = *name##_result

// A parser that goes on after a fault: keeps the value, or keeps the faults and the fallback.
template <class T>
T keep_or(Result<T> result, T fallback, Faults& faults) {
  if (result.ok()) return std::move(*result);
  faults.merge(result.faults());
  return fallback;
}

}  // namespace dosewright
