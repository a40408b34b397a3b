// What moves a state between two events: exactly where the model is linear, by steps otherwise.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dosewright::sim {

// Input from outside, constant until the next event.
struct Forcing {
  std::vector<double> rates;      // of running infusions, one per state, per h
  std::vector<std::uint8_t> off;  // states that are switched off: 0, and nothing enters them
};

// One dose given every `interval_h` since ever. The dose enters at phase 0; an infusion longer than
// the interval overlaps with those before it.
struct Cycle {
  int compartment = 0;
  double interval_h = 0;
  double amount = 0;          // of a bolus; 0 for an infusion
  double rate = 0;            // of one infusion
  double duration_h = 0;      // of one infusion; 0 for a bolus
  double phase_h = 0;         // the state is wanted at this time after a dose, within the interval
  bool dose_included = true;  // at phase 0: after the bolus, not before it

  // While how long of the interval one more infusion runs than in the rest of it.
  double high_part_h() const;
  double low_rate() const;
};

// States without a say in their own future and in that of others (cumulated amounts, areas) have
// no steady state and need none. `reads(i, j)`: the slope of i reads state j.
template <class Reads>
std::vector<std::uint8_t> only_accumulate(int n, const Reads& reads) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(n), 0);
  for (bool grown = true; grown;) {
    grown = false;
    for (int j = 0; j < n; ++j) {
      bool read = false;
      for (int i = 0; i < n; ++i)
        read = read || (out[static_cast<std::size_t>(i)] == 0 && reads(i, j));
      if (read || out[static_cast<std::size_t>(j)] != 0) continue;
      out[static_cast<std::size_t>(j)] = 1;
      grown = true;
    }
  }
  return out;
}

}  // namespace dosewright::sim
