// Values that run along one curve (lang/curves.hpp), in one vector width; under the rule of
// collocate_kernel.hpp.
//
// A curve is run at kPoints Chebyshev points between the least and the largest value that its
// variable takes along the interval. The polynomial through them gives the values at the nodes.
// Where its highest coefficient is above kCurveTolerance of the largest value, a lane is `rough`.
#pragma once

#include <cstddef>

#include "dosewright/base/lanes.hpp"
#include "dosewright/sim/collocate_kernel.hpp"

namespace dosewright::sim {

inline constexpr int kClockPoints = 5, kStatePoints = 6;
inline constexpr double kCurveTolerance = 1e-5;

template <int kPoints>
struct CurveTable {
  double points[kPoints];                // in [-1, 1]
  double coefficient[kPoints][kPoints];  // [power of the argument][of the value at point]
  double highest[kPoints];               // of the value at point, as a Chebyshev coefficient
};

// Rows of the lanes of a tile.
struct CurveTask {
  const void* table;        // CurveTable<kPoints>
  const double* argument;   // [node], in [-1, 1]
  double* const* at_point;  // per value: [point]; out: coefficients
  double* const* at_node;   // per value: [node], out
  int n_values;
  double* rough;  // above 0: rough
};

// The variable of a curve: what a state was at the nodes and, after them, at the begin.
struct RangeTask {
  const double* state;  // [kNodes + 1]
  const CurveTable<kStatePoints>* table;
  double* argument;  // [node], out
  double* points;    // [kStatePoints], out
};

struct CurveKernel {
  void (*range)(const RangeTask& task, std::size_t n_lanes);
  void (*clock_values)(const CurveTask& task, std::size_t n_lanes);
  void (*state_values)(const CurveTask& task, std::size_t n_lanes);
};

extern const CurveKernel kCurveOne, kCurvePortable, kCurveAvx2, kCurveAvx512;

template <class L>
struct CurveOps {
  using V = typename L::V;

  static void range(const RangeTask& task, std::size_t n_lanes) {
    for (std::size_t i = 0; i < n_lanes; i += L::kWidth) {
      V low = L::load(task.state + i), high = low;
      for (std::size_t node = 1; node <= kNodes; ++node) {
        const V value = L::load(task.state + node * n_lanes + i);
        low = L::select(value < low, value, low);
        high = L::select(value > high, value, high);
      }
      const V middle = 0.5 * (low + high), half = 0.5 * (high - low);
      const V scale = 1.0 / L::select(half > 0.0, half, L::of(1));
      for (std::size_t node = 0; node < kNodes; ++node) {
        const V value = L::load(task.state + node * n_lanes + i);
        L::store(task.argument + node * n_lanes + i, (value - middle) * scale);
      }
      for (int point = 0; point < kStatePoints; ++point) {
        L::store(task.points + static_cast<std::size_t>(point) * n_lanes + i,
                 L::fused(half, L::of(task.table->points[point]), middle));
      }
    }
  }

  template <int kPoints>
  [[gnu::always_inline]] static void value_along(const CurveTask& task, int which,
                                                 std::size_t n_lanes, std::size_t i) {
    const auto& table = *static_cast<const CurveTable<kPoints>*>(task.table);
    V value[kPoints], coefficient[kPoints];
    V largest = L::of(0), highest = L::of(0);
    for (int k = 0; k < kPoints; ++k) {
      value[k] = L::load(task.at_point[which] + static_cast<std::size_t>(k) * n_lanes + i);
      highest = L::fused(value[k], L::of(table.highest[k]), highest);
      const V size = absolute<L>(value[k]);
      largest = L::select(size > largest, size, largest);
    }
    for (int power = 0; power < kPoints; ++power) {
      coefficient[power] = value[0] * table.coefficient[power][0];
      for (int k = 1; k < kPoints; ++k) {
        coefficient[power] =
            L::fused(value[k], L::of(table.coefficient[power][k]), coefficient[power]);
      }
    }
    const V rough = L::load(task.rough + i);
    const auto smooth = absolute<L>(highest) <= kCurveTolerance * largest;
    L::store(task.rough + i, L::select(smooth, rough, L::of(1)));
    for (std::size_t node = 0; node < kNodes; ++node) {
      const V u = L::load(task.argument + node * n_lanes + i);
      V sum = coefficient[kPoints - 1];
      for (int power = kPoints - 2; power >= 0; --power) sum = L::fused(sum, u, coefficient[power]);
      L::store(task.at_node[which] + node * n_lanes + i, sum);
    }
  }

  template <int kPoints>
  static void values(const CurveTask& task, std::size_t n_lanes) {
    for (int which = 0; which < task.n_values; ++which) {
      for (std::size_t i = 0; i < n_lanes; i += L::kWidth) {
        value_along<kPoints>(task, which, n_lanes, i);
      }
    }
  }

  static constexpr CurveKernel kernel() {
    return {&range, &values<kClockPoints>, &values<kStatePoints>};
  }
};

}  // namespace dosewright::sim
