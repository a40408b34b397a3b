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

// Of the polynomial through begin and nodes of a part: slopes at the nodes, and its highest
// coefficient; and the parts of an interval, as shares of it.
struct CollocationTable {
  double nodes[kStages];           // of [0, 1], the last is 1
  double slope[kStages][kStages];  // [at node][of the value at node], times the length
  double slope_of_begin[kStages];  // [at node]
  double highest[kStages];         // [of the value at node], as a Chebyshev coefficient
  double highest_of_begin;
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
  double* worst;                // the largest |highest coefficient| / peak so far
};

struct CollocateKernel {
  // By the number of rows of the block, 1 to kMostBlock.
  void (*solve[4])(const CollocationTask& task, const Tile& tile);
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
                                          std::size_t i, System<kRows>& system) {
    const CollocationTable& table = *task.table;
    const V length = L::load(task.hours + tile.first + i) * table.share[part];
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
              if (a.at != nullptr) value = value - length * at(a, node, tile, i);
            }
            system.a[row][k * kRows + c] = value;
          }
        }
        V right = L::load(task.x[r] + tile.first + i) * -table.slope_of_begin[j];
        if (task.b[r].at != nullptr) right = right + length * at(task.b[r], node, tile, i);
        system.y[row] = right;
      }
    }
  }

  // Without pivots: the diagonal is that of the slopes, above 1, plus what leaves the state.
  template <int kRows>
  [[gnu::always_inline]] static void eliminate(System<kRows>& system) {
    constexpr int n = System<kRows>::kSize;
    DW_UNROLL
    for (int k = 0; k < n; ++k) {
      const V inverse = 1.0 / system.a[k][k];
      DW_UNROLL
      for (int c = k + 1; c < n; ++c) system.a[k][c] = system.a[k][c] * inverse;
      system.y[k] = system.y[k] * inverse;
      DW_UNROLL
      for (int r = k + 1; r < n; ++r) {
        const V factor = system.a[r][k];
        DW_UNROLL
        for (int c = k + 1; c < n; ++c) {
          system.a[r][c] = system.a[r][c] - factor * system.a[k][c];
        }
        system.y[r] = system.y[r] - factor * system.y[k];
      }
    }
    DW_UNROLL
    for (int k = n - 1; k > 0; --k) {
      DW_UNROLL
      for (int r = 0; r < k; ++r) system.y[r] = system.y[r] - system.a[r][k] * system.y[k];
    }
  }

  template <int kRows>
  static void solve_part(const CollocationTask& task, const Tile& tile, int part, std::size_t i) {
    const CollocationTable& table = *task.table;
    System<kRows> system;
    fill<kRows>(task, tile, part, i, system);
    eliminate<kRows>(system);
    const std::size_t lane = tile.first + i;
    const auto moves = L::load(task.hours + lane) > 0.0;
    V worst = L::load(task.worst + lane);
    DW_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const V begin = L::load(task.x[r] + lane);
      V largest = L::load(task.peak[r] + lane);
      V coefficient = begin * table.highest_of_begin;
      V value = begin;
      DW_UNROLL
      for (int j = 0; j < kStages; ++j) {
        value = L::select(moves, system.y[j * kRows + r], begin);
        L::store(task.at_node[r] + static_cast<std::size_t>(part * kStages + j) * tile.n + i,
                 value);
        coefficient = coefficient + value * table.highest[j];
        const V size = absolute<L>(value);
        largest = L::select(size > largest, size, largest);
      }
      L::store(task.x[r] + lane, value);
      L::store(task.peak[r] + lane, largest);
      const V share = absolute<L>(coefficient) / L::select(largest > 0.0, largest, L::of(1));
      worst = L::select(share <= worst, worst, share);
    }
    L::store(task.worst + lane, worst);
  }

  template <int kRows>
  static void solve(const CollocationTask& task, const Tile& tile) {
    for (int r = 0; r < kRows; ++r) {
      for (std::size_t i = 0; i < tile.n; i += L::kWidth) {
        L::store(task.at_node[r] + kNodes * tile.n + i, L::load(task.x[r] + tile.first + i));
      }
    }
    for (int part = 0; part < task.table->n_parts; ++part) {
      for (std::size_t i = 0; i < tile.n; i += L::kWidth) solve_part<kRows>(task, tile, part, i);
    }
  }

  static void clock(const double* begin, const double* length, double share, double* out,
                    std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      L::store(out + i, L::load(begin + i) + L::load(length + i) * share);
    }
  }

  static void elapsed(const double* since, const double* time, double* out, std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      const V gone = L::load(time + i) - L::load(since + i);
      L::store(out + i, L::select(gone > 0.0, gone, L::of(0)));
    }
  }

  static constexpr CollocateKernel kernel() {
    return {{&solve<1>, &solve<2>, &solve<3>, &solve<4>}, &clock, &elapsed};
  }
};

}  // namespace dosewright::sim

#undef DW_UNROLL
