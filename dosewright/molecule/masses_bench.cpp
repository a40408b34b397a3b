// 362 880 m/z values of one 20-mer: 210 parts x 9 pairs of ends x 12 charges x 16 sets of adducts.
//
// Two ways in one process, interleaved, after their answers have been held against each other: the
// plain one adds up the formula of every ion and weighs it; the fast one weighs each part and each
// ion once (mz_table). And how long one search for an isobaric class takes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/molecule/isotopes.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/match.hpp"
#include "dosewright/molecule/strands_test.hpp"

namespace dosewright::molecule {
namespace {

constexpr std::size_t kValues = 362'880;

std::vector<Formula> parts() {
  const Chain chain = chain_of(mipomersen());
  std::vector<Formula> ends;
  for (const char* group : {"OH", "P", "PS"}) ends.push_back(end_formula({group, "", ""}));
  std::vector<Formula> list;
  for (std::size_t first = 0; first < chain.residues.size(); ++first) {
    Formula inside;
    for (std::size_t last = first; last < chain.residues.size(); ++last) {
      inside += chain.residues[last];
      if (last > first) inside += chain.links[last - 1];
      for (const Formula& five : ends) {
        for (const Formula& three : ends) list.push_back(inside + five + three);
      }
    }
  }
  return list;
}

std::vector<Ion> ions() {
  std::vector<Ion> list;
  for (int charge = 1; charge <= 12; ++charge) {
    for (int sodium = 0; sodium < 4; ++sodium) {
      for (int potassium = 0; potassium < 4; ++potassium) {
        list.push_back({-charge, {sodium, potassium, 0, 0}});
      }
    }
  }
  return list;
}

void plain(const std::vector<Formula>& formulae, const std::vector<Ion>& list,
           std::vector<double>& out) {
  std::size_t at = 0;
  for (const Formula& formula : formulae) {
    for (const Ion& ion : list) {
      const Formula whole = formula + exchange(Counterion::kSodium) * ion.adducts[0] +
                            exchange(Counterion::kPotassium) * ion.adducts[1];
      out[at++] = (monoisotopic_mass(whole) + ion.charge * kProtonMass) / std::abs(ion.charge);
    }
  }
}

void fast(const std::vector<Formula>& formulae, const std::vector<Ion>& list,
          std::vector<double>& out) {
  std::vector<double> masses;
  masses.reserve(formulae.size());
  for (const Formula& formula : formulae) masses.push_back(monoisotopic_mass(formula));
  mz_table(masses, list, MassScale{}, out);
}

std::uint64_t hash(const std::vector<double>& values) {  // FNV-1a over the bit patterns
  std::uint64_t result = 14695981039346656037ULL;
  for (const double value : values) {
    result = (result ^ std::bit_cast<std::uint64_t>(value)) * 1099511628211ULL;
  }
  return result;
}

// Of the processor, so that a busy machine does not widen the interval.
template <class Work>
double seconds(int times, Work work) {
  const std::clock_t begin = std::clock();
  for (int i = 0; i < times; ++i) work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / times;
}

void mz_of_all_parts(benchmark::State& state) {
  const std::vector<Formula> formulae = parts();
  const std::vector<Ion> list = ions();
  DW_CHECK(formulae.size() * list.size() == kValues, "the bench counts 362 880 values");
  std::vector<double> a(kValues), b(kValues);
  plain(formulae, list, a);
  fast(formulae, list, b);
  for (std::size_t i = 0; i < kValues; ++i) {
    DW_CHECK(std::abs(a[i] - b[i]) <= 1e-9 * a[i], "the two ways disagree");
  }
  std::vector<double> ratios, fast_s;
  for (auto round : state) {
    static_cast<void>(round);
    const double plain_s = seconds(1, [&] { plain(formulae, list, a); });
    fast_s.push_back(seconds(16, [&] {
      fast(formulae, list, b);
      benchmark::DoNotOptimize(b.data());
    }));
    benchmark::DoNotOptimize(a.data());
    ratios.push_back(plain_s / fast_s.back());
  }
  std::ranges::sort(ratios);
  std::ranges::sort(fast_s);
  state.counters["plain_over_fast"] = ratios[ratios.size() / 2];
  state.counters["lower_quartile"] = ratios[ratios.size() / 4];
  state.counters["upper_quartile"] = ratios[3 * ratios.size() / 4];
  state.counters["fast_ms"] = 1e3 * fast_s[fast_s.size() / 2];
  state.counters["million_values_a_s"] = 1e-6 * kValues / fast_s[fast_s.size() / 2];
  state.SetLabel("hash " + std::to_string(hash(b)));
}
BENCHMARK(mz_of_all_parts)->Unit(benchmark::kMillisecond);

void isobaric_class(benchmark::State& state) {
  SearchSpace space;
  space.adducts = {Counterion::kSodium, Counterion::kPotassium};
  space.most_adducts = 1;
  const Matcher matcher = *Matcher::make({{mipomersen()}, "", {}, 0}, space);
  const double mass = monoisotopic_mass(acid_formula(mipomersen()));
  std::size_t members = 0;
  double off = 0;
  for (auto round : state) {
    static_cast<void>(round);
    // Another mass each time, so that no answer can be kept.
    off = off > 0.02 ? 0 : off + 1e-5;
    const IsobaricClass isobars = matcher.match(mass + off, mass * 5e-6);
    members = isobars.n_members();
    benchmark::DoNotOptimize(members);
  }
  state.counters["products"] = static_cast<double>(matcher.products().size());
  state.counters["combinations"] = static_cast<double>(matcher.combinations().size());
  state.counters["members"] = static_cast<double>(members);
}
BENCHMARK(isobaric_class)->Unit(benchmark::kMicrosecond);

void envelope(benchmark::State& state) {
  const Formula acid = acid_formula(mipomersen());
  for (auto round : state) {
    static_cast<void>(round);
    benchmark::DoNotOptimize(isotope_envelope(acid).peaks.data());
  }
}
BENCHMARK(envelope)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dosewright::molecule
