// One block of a level along one interval, in one vector width: compiled once for each kind of
// processor, like lang/batch_kernel.hpp and under the same rule: no plain inline function.
//
// Radau IIA collocation [Hairer1996, IV.5] on each part of the interval: the polynomial through the
// value at the begin and those at kStages nodes, the last of them the end, satisfies x' = b + A x
// at every node. It damps what is too fast for the part, and its order at the end is 2 kStages - 1.
#pragma once

#include <cstddef>

#include "dosewright/base/lanes.hpp"
#include "dosewright/lang/instruction.hpp"

// Systems of 10 equations stay in registers where their loops are unrolled: a third faster with
// GCC. A sanitizer's build, of tests alone, would take minutes for it.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define DW_UNROLL _Pragma("GCC unroll 10")
#else
#define DW_UNROLL
#endif

namespace dosewright::sim {

inline constexpr int kStages = 5;
inline constexpr int kParts = 6;
inline constexpr int kNodes = kStages * kParts;  // of an interval
inline constexpr double kCoarse = 1e-1;          // the largest |highest coefficient| / peak

// Of the polynomial through begin and nodes of a part: slopes at the nodes, and its highest
// coefficient; and the parts of an interval, as shares of it.
struct CollocationTable {
  double nodes[kStages];           // of [0, 1], the last is 1
  double slope[kStages][kStages];  // [at node][of the value at node], times the length
  double slope_of_begin[kStages];  // [at node]
  double highest[kStages];         // [of the value at node], as a Chebyshev coefficient
  double highest_of_begin;
  double highest_inner[kStages];  // of a slope at the node: what it adds to the highest, per length
  // One equation with one coefficient a: rational functions of z = a length, by powers of z, over
  // the same polynomial.
  double below[kStages + 1];
  double of_begin[kStages][kStages];  // [at node]: times the begin
  double of_slope[kStages][kStages];  // [of b at node]: at the end, times the length
  int n_parts;
  double begin[kParts], share[kParts];
};

// Lanes [first, first + n) of what is kept for each subject; rows of nodes have these lanes alone.
struct Tile {
  std::size_t first, n;
};

// Along one interval. Where a register stands still (step 0) it has one value for each subject.
struct CollocationTask {
  const CollocationTable* table;
  const double* hours;          // of the interval; 0: nothing moves
  const lang::NodeRegister* a;  // [row][column]; null: zero by its form
  const lang::NodeRegister* b;  // [row]
  double* const* x;             // [row]: in: at the begin, out: at the end
  double* const* at_node;       // [row], out: [kNodes][lane], then the begin
  double* const* peak;          // [row]: the largest |x| so far
  double* worst;                // by how much a highest coefficient is above kCoarse of the peak
};

struct CollocateKernel {
  // By the number of rows of the block, 1 to kMostBlock.
  void (*solve[4])(const CollocationTask& task, const Tile& tile);
  // One row: what decays by one coefficient and is fed by nothing; and the end alone of what is
  // read by nothing, by one coefficient or by one that moves.
  void (*decay)(const CollocationTask& task, const Tile& tile);
  void (*end)(const CollocationTask& task, const Tile& tile);
  void (*end_of_moving)(const CollocationTask& task, const Tile& tile);
  // out = begin + part of `whole` (hours; both per lane), then max(out - since, 0) into elapsed
  void (*clock)(const double* begin, const double* length, double share, double* out,
                std::size_t stride);
  void (*elapsed)(const double* since, const double* time, double* out, std::size_t stride);
};

extern const CollocateKernel kCollocateOne, kCollocatePortable, kCollocateAvx2, kCollocateAvx512;

template <class L>
struct CollocateOps {
  using V = typename L::V;

  template <int kRows>
  struct System {
    static constexpr int kSize = kStages * kRows;
    V a[kSize][kSize];
    V y[kSize];
  };

  // Lane i of the tile, at a node of the interval.
  [[gnu::always_inline]] static V at(const lang::NodeRegister& reg, int node, const Tile& tile,
                                     std::size_t i) {
    const double* const row =
        reg.step == 0 ? reg.at + tile.first : reg.at + static_cast<std::size_t>(node) * reg.step;
    return L::load(row + i);
  }

  template <int kRows>
  [[gnu::always_inline]] static void fill(const CollocationTask& task, const Tile& tile, int part,
                                          std::size_t i, const V (&begin)[kRows],
                                          System<kRows>& system) {
    const CollocationTable& table = *task.table;
    const V length = L::load(task.hours + tile.first + i) * table.share[part];
    const V minus_length = -length;
    DW_UNROLL
    for (int j = 0; j < kStages; ++j) {
      const int node = part * kStages + j;
      DW_UNROLL
      for (int r = 0; r < kRows; ++r) {
        const int row = j * kRows + r;
        DW_UNROLL
        for (int k = 0; k < kStages; ++k) {
          DW_UNROLL
          for (int c = 0; c < kRows; ++c) {
            V value = L::of(r == c ? table.slope[j][k] : 0.0);
            if (j == k) {
              const lang::NodeRegister& a = task.a[r * kRows + c];
              if (a.at != nullptr) value = L::fused(minus_length, at(a, node, tile, i), value);
            }
            system.a[row][k * kRows + c] = value;
          }
        }
        V right = begin[r] * -table.slope_of_begin[j];
        if (task.b[r].at != nullptr) {
          right = L::fused(length, at(task.b[r], node, tile, i), right);
        }
        system.y[row] = right;
      }
    }
  }

  // Without a search for pivots: the diagonal is that of the slopes, above 1, plus what leaves the
  // state. Two rows at a time, so that two pivots share one division.
  template <int kRows>
  [[gnu::always_inline]] static void forward(System<kRows>& system) {
    constexpr int n = System<kRows>::kSize;
    DW_UNROLL
    for (int k = 0; k + 1 < n; k += 2) {
      divide_pair<kRows>(system, k);
      DW_UNROLL
      for (int r = k + 2; r < n; ++r) {
        const V first = -system.a[r][k], second = -system.a[r][k + 1];
        DW_UNROLL
        for (int c = k + 2; c < n; ++c) {
          const V value = L::fused(first, system.a[k][c], system.a[r][c]);
          system.a[r][c] = L::fused(second, system.a[k + 1][c], value);
        }
        const V value = L::fused(first, system.y[k], system.y[r]);
        system.y[r] = L::fused(second, system.y[k + 1], value);
      }
    }
    if constexpr (n % 2 == 1) system.y[n - 1] = system.y[n - 1] / system.a[n - 1][n - 1];
  }

  // Rows k and k + 1 times the inverse of their two by two on the diagonal.
  template <int kRows>
  [[gnu::always_inline]] static void divide_pair(System<kRows>& system, int k) {
    constexpr int n = System<kRows>::kSize;
    auto& a = system.a;
    const V inverse = 1.0 / L::fused(a[k][k], a[k + 1][k + 1], -(a[k][k + 1] * a[k + 1][k]));
    const V upper = a[k + 1][k + 1] * inverse, upper_right = -a[k][k + 1] * inverse;
    const V lower = a[k][k] * inverse, lower_left = -a[k + 1][k] * inverse;
    const auto divide = [&](V& above, V& below) {
      const V first = above;
      above = L::fused(upper, first, upper_right * below);
      below = L::fused(lower, below, lower_left * first);
    };
    DW_UNROLL
    for (int c = k + 2; c < n; ++c) divide(a[k][c], a[k + 1][c]);
    divide(system.y[k], system.y[k + 1]);
  }

  template <int kRows>
  [[gnu::always_inline]] static void backward(System<kRows>& system) {
    constexpr int n = System<kRows>::kSize;
    DW_UNROLL
    for (int k = n - 1; k > 1; --k) {
      DW_UNROLL
      for (int r = 0; r < k - k % 2; ++r) {
        system.y[r] = L::fused(-system.a[r][k], system.y[k], system.y[r]);
      }
    }
  }

  template <int kRows>
  static void solve_part(const CollocationTask& task, const Tile& tile, int part, std::size_t i) {
    const CollocationTable& table = *task.table;
    const std::size_t lane = tile.first + i;
    V begins[kRows];
    for (int r = 0; r < kRows; ++r) begins[r] = L::load(task.x[r] + lane);
    System<kRows> system;
    fill<kRows>(task, tile, part, i, begins, system);
    forward<kRows>(system);
    backward<kRows>(system);
    const auto moves = L::load(task.hours + lane) > 0.0;
    V worst = L::load(task.worst + lane);
    DW_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const V begin = begins[r];
      V largest = L::load(task.peak[r] + lane);
      V coefficient = begin * table.highest_of_begin;
      V value = begin;
      DW_UNROLL
      for (int j = 0; j < kStages; ++j) {
        value = L::select(moves, system.y[j * kRows + r], begin);
        L::store(task.at_node[r] + static_cast<std::size_t>(part * kStages + j) * tile.n + i,
                 value);
        coefficient = L::fused(value, L::of(table.highest[j]), coefficient);
        const V size = absolute<L>(value);
        largest = L::select(size > largest, size, largest);
      }
      L::store(task.x[r] + lane, value);
      L::store(task.peak[r] + lane, largest);
      worst = larger_excess(worst, coefficient, largest);
    }
    L::store(task.worst + lane, worst);
  }

  [[gnu::always_inline]] static V larger_excess(V worst, V coefficient, V largest) {
    const V excess = absolute<L>(coefficient) - largest * kCoarse;
    return L::select(excess <= worst, worst, excess);  // which is not a number, if one is not
  }

  [[gnu::always_inline]] static void keep_begin(const CollocationTask& task, const Tile& tile,
                                                int row) {
    for (std::size_t i = 0; i < tile.n; i += L::kWidth) {
      L::store(task.at_node[row] + kNodes * tile.n + i, L::load(task.x[row] + tile.first + i));
    }
  }

  template <int kRows>
  static void solve(const CollocationTask& task, const Tile& tile) {
    for (int r = 0; r < kRows; ++r) keep_begin(task, tile, r);
    for (int part = 0; part < task.table->n_parts; ++part) {
      for (std::size_t i = 0; i < tile.n; i += L::kWidth) solve_part<kRows>(task, tile, part, i);
    }
  }

  template <int kTerms>
  [[gnu::always_inline]] static V polynomial(const double (&by_power)[kTerms], V z) {
    V sum = L::of(by_power[kTerms - 1]);
    DW_UNROLL
    for (int power = kTerms - 2; power >= 0; --power)
      sum = L::fused(sum, z, L::of(by_power[power]));
    return sum;
  }

  [[gnu::always_inline]] static void decay_part(const CollocationTask& task, const Tile& tile,
                                                int part, std::size_t i) {
    const CollocationTable& table = *task.table;
    const std::size_t lane = tile.first + i;
    const V hours = L::load(task.hours + lane);
    const V z = hours * table.share[part] * at(task.a[0], 0, tile, i);
    const V begin = L::load(task.x[0] + lane);
    const V scale = begin / polynomial(table.below, z);
    const auto moves = hours > 0.0;
    V largest = L::load(task.peak[0] + lane);
    V coefficient = begin * table.highest_of_begin;
    V value = begin;
    DW_UNROLL
    for (int j = 0; j < kStages; ++j) {
      value = L::select(moves, scale * polynomial(table.of_begin[j], z), begin);
      L::store(task.at_node[0] + static_cast<std::size_t>(part * kStages + j) * tile.n + i, value);
      coefficient = L::fused(value, L::of(table.highest[j]), coefficient);
      const V size = absolute<L>(value);
      largest = L::select(size > largest, size, largest);
    }
    L::store(task.x[0] + lane, value);
    L::store(task.peak[0] + lane, largest);
    L::store(task.worst + lane, larger_excess(L::load(task.worst + lane), coefficient, largest));
  }

  static void decay(const CollocationTask& task, const Tile& tile) {
    keep_begin(task, tile, 0);
    for (int part = 0; part < task.table->n_parts; ++part) {
      for (std::size_t i = 0; i < tile.n; i += L::kWidth) decay_part(task, tile, part, i);
    }
  }

  // The value at the end of a part, and the highest coefficient of what drives it there.
  struct End {
    V value, coefficient;
  };

  [[gnu::always_inline]] static End end_of_part(const CollocationTask& task, const Tile& tile,
                                                int part, std::size_t i, V length, V begin) {
    const CollocationTable& table = *task.table;
    const V z = length * at(task.a[0], 0, tile, i);
    V driven = L::of(0), coefficient = L::of(0);
    if (task.b[0].at != nullptr) {
      DW_UNROLL
      for (int j = 0; j < kStages; ++j) {
        const V slope = at(task.b[0], part * kStages + j, tile, i);
        driven = L::fused(slope, polynomial(table.of_slope[j], z), driven);
        coefficient = L::fused(slope, L::of(table.highest_inner[j]), coefficient);
      }
    }
    const V above = L::fused(begin, polynomial(table.of_begin[kStages - 1], z), length * driven);
    return {above / polynomial(table.below, z), length * coefficient};
  }

  [[gnu::always_inline]] static End end_of_moving_part(const CollocationTask& task,
                                                       const Tile& tile, int part, std::size_t i,
                                                       V length, V begin) {
    const CollocationTable& table = *task.table;
    V coefficient = L::of(0), of_loss = L::of(0);
    DW_UNROLL
    for (int j = 0; j < kStages; ++j) {
      const int node = part * kStages + j;
      if (task.b[0].at != nullptr) {
        coefficient =
            L::fused(at(task.b[0], node, tile, i), L::of(table.highest_inner[j]), coefficient);
      }
      of_loss = L::fused(at(task.a[0], node, tile, i), L::of(table.highest_inner[j]), of_loss);
    }
    System<1> system;
    const V begins[1] = {begin};
    fill<1>(task, tile, part, i, begins, system);
    forward<1>(system);
    const V size = absolute<L>(coefficient) + absolute<L>(of_loss * begin);
    return {system.y[kStages - 1], length * size};
  }

  template <auto kPart>
  static void end(const CollocationTask& task, const Tile& tile) {
    for (std::size_t i = 0; i < tile.n; i += L::kWidth) {
      const std::size_t lane = tile.first + i;
      const V hours = L::load(task.hours + lane);
      const auto moves = hours > 0.0;
      V x = L::load(task.x[0] + lane);
      V largest = L::load(task.peak[0] + lane), worst = L::load(task.worst + lane);
      for (int part = 0; part < task.table->n_parts; ++part) {
        const End end = kPart(task, tile, part, i, hours * task.table->share[part], x);
        x = L::select(moves, end.value, x);
        const V size = absolute<L>(x);
        largest = L::select(size > largest, size, largest);
        worst = larger_excess(worst, end.coefficient, largest);
      }
      L::store(task.x[0] + lane, x);
      L::store(task.peak[0] + lane, largest);
      L::store(task.worst + lane, worst);
    }
  }

  static void clock(const double* begin, const double* length, double share, double* out,
                    std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      L::store(out + i, L::fused(L::load(length + i), L::of(share), L::load(begin + i)));
    }
  }

  static void elapsed(const double* since, const double* time, double* out, std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      const V gone = L::load(time + i) - L::load(since + i);
      L::store(out + i, L::select(gone > 0.0, gone, L::of(0)));
    }
  }

  static constexpr CollocateKernel kernel() {
    return {{&solve<1>, &solve<2>, &solve<3>, &solve<4>}, &decay, &end<&CollocateOps::end_of_part>,
            &end<&CollocateOps::end_of_moving_part>,      &clock, &elapsed};
  }
};

}  // namespace dosewright::sim

#undef DW_UNROLL
