// What a chunk of patients is moved with, in one vector width: compiled once for each kind of
// processor, like lang/batch_kernel.hpp and under the same rule: no plain inline function here.
#pragma once

#include <cstddef>

#include "dosewright/base/elementary.hpp"

namespace dosewright::cohort {

struct Term {
  const double *a, *b;
};

// Tables of interpolation() as plain arrays: nothing of the standard library crosses over.
struct WeightTable {
  int n_nodes, n_inner;
  const double *inner_nodes, *inner_weights;
  const double* at_inner;          // [node][inner node]
  const double *at_zero, *at_one;  // [node][derivative]
};

// A part of an interval, [begin, begin + length] of [0, whole].
struct Part {
  double length, to_end;  // to_end = whole - begin - length
};

struct RelaxTable {
  int n_nodes;
  const double* weights;
  const double* integral;  // [to node][node]
};

// p and the rate of a driven state at the nodes of a part, [node][lane].
struct NodeValues {
  const double *p, *rate;
  double length;
};

// Arrays hold `stride` lanes; out may be one of the operands.
struct ChunkKernel {
  // out = sum a b, in the order of the terms
  void (*dot)(const Term* terms, std::size_t n, double* out, std::size_t stride);
  // out = a factor + add
  void (*scale)(const double* a, double factor, double add, double* out, std::size_t stride);
  // out = exp(a factor)
  void (*grow)(const double* a, double factor, double* out, std::size_t stride);
  // out = max(time - since, 0)
  void (*elapsed)(const double* since, double time, double* out, std::size_t stride);
  // Of y' = p + rate y over a part: what p at each node adds to y at the end of the interval.
  // out: [node][lane]. rate is -q.
  void (*weigh)(const double* rate, const Part& part, const WeightTable& table, double* out,
                std::size_t stride);
  // y over a part; worst: the largest |rate| length
  void (*relax)(const NodeValues& at, const RelaxTable& table, double* y, double* worst,
                std::size_t stride);
  // An injection: amount into state, dose := amount, first := now where it is still infinite. An
  // amount that is NaN is no injection at all.
  void (*give)(const double* amount, double now, double* state, double* dose, double* first,
               std::size_t stride);
};

extern const ChunkKernel kChunkOne, kChunkPortable, kChunkAvx2, kChunkAvx512;

inline constexpr int kMostNodes = 8;
inline constexpr double kByParts = 4;  // |rate| length beyond which integration by parts is exact

template <class L>
struct ChunkOps {
  using V = typename L::V;

  static void dot(const Term* terms, std::size_t n, double* out, std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      V sum = L::load(terms[0].a + i) * L::load(terms[0].b + i);
      for (std::size_t k = 1; k < n; ++k) {
        sum = sum + L::load(terms[k].a + i) * L::load(terms[k].b + i);
      }
      L::store(out + i, sum);
    }
  }

  static void scale(const double* a, double factor, double add, double* out, std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      L::store(out + i, L::load(a + i) * factor + add);
    }
  }

  static void grow(const double* a, double factor, double* out, std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      L::store(out + i, elementary::exp_of<L>(L::load(a + i) * factor));
    }
  }

  static void elapsed(const double* since, double time, double* out, std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      const V gone = time - L::load(since + i);
      L::store(out + i, L::select(gone > 0.0, gone, L::of(0)));
    }
  }

  // The integral of l_j(u) exp(-z (1 - u)) over [0, 1], z = -rate length: by an inner rule where z
  // is small, by parts where the terms fall with 1/z. Then stretched and carried to the end.
  static void weigh(const double* rate, const Part& part, const WeightTable& table, double* out,
                    std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      const V z = L::load(rate + i) * -part.length;
      const V factor = elementary::exp_of<L>(L::load(rate + i) * part.to_end) * part.length;
      const V at_begin = elementary::exp_of<L>(-z);
      const V large = L::select(absolute<L>(z) < kByParts, L::of(kByParts), z);
      V sums[kMostNodes];
      for (int j = 0; j < table.n_nodes; ++j) sums[j] = L::of(0);
      for (int m = 0; m < table.n_inner; ++m) {
        const V share = elementary::exp_of<L>(z * (table.inner_nodes[m] - 1));
        for (int j = 0; j < table.n_nodes; ++j) {
          sums[j] =
              sums[j] + share * (table.inner_weights[m] * table.at_inner[j * table.n_inner + m]);
        }
      }
      for (int j = 0; j < table.n_nodes; ++j) {
        V series = L::of(0);
        for (int k = table.n_nodes - 1; k >= 0; --k) {
          const int at = j * table.n_nodes + k;
          series = (table.at_one[at] - at_begin * table.at_zero[at] - series) / large;
        }
        const V whole = L::select(absolute<L>(z) < kByParts, sums[j], series);
        L::store(out + static_cast<std::size_t>(j) * stride + i, whole * factor);
      }
    }
  }

  // y(1) = exp(R) y(0) + sum_j weight_j exp(R - R_j) p_j length, R the integral of the rate.
  static void relax(const NodeValues& at, const RelaxTable& table, double* y, double* worst,
                    std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      V rates[kMostNodes];
      V total = L::of(0), largest = L::load(worst + i);
      for (int j = 0; j < table.n_nodes; ++j) {
        rates[j] = L::load(at.rate + static_cast<std::size_t>(j) * stride + i) * at.length;
        total = total + rates[j] * table.weights[j];
        const V size = absolute<L>(rates[j]);
        largest = L::select(size <= largest, largest, size);
      }
      V sum = elementary::exp_of<L>(total) * L::load(y + i);
      for (int j = 0; j < table.n_nodes; ++j) {
        V here = L::of(0);
        for (int k = 0; k < table.n_nodes; ++k) {
          here = here + rates[k] * table.integral[j * table.n_nodes + k];
        }
        const V production = L::load(at.p + static_cast<std::size_t>(j) * stride + i);
        sum = sum +
              elementary::exp_of<L>(total - here) * (production * (table.weights[j] * at.length));
      }
      L::store(y + i, sum);
      L::store(worst + i, largest);
    }
  }

  static void give(const double* amount, double now, double* state, double* dose, double* first,
                   std::size_t stride) {
    for (std::size_t i = 0; i < stride; i += L::kWidth) {
      const V mg = L::load(amount + i), old = L::load(state + i), since = L::load(first + i);
      const auto none = is_nan<L>(mg);
      L::store(state + i, L::select(none, old, old + mg));
      L::store(dose + i, L::select(none, L::load(dose + i), mg));
      const auto kept = none | (since < elementary::kInfinity);
      L::store(first + i, L::select(kept, since, L::of(now)));
    }
  }

  static constexpr ChunkKernel kernel() {
    return {&dot, &scale, &grow, &elapsed, &weigh, &relax, &give};
  }
};

}  // namespace dosewright::cohort
