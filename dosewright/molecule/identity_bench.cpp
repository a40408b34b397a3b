// The identity of one strand against its limit: libinchi, which nothing here can make faster.
#include <benchmark/benchmark.h>

#include <string>

#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/identity.hpp"
#include "dosewright/molecule/notation.hpp"

namespace {

using namespace dosewright::molecule;

constexpr std::string_view kStrand = "5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC";
constexpr std::string_view kKey = "XLTMQWVJFPYGMC-QVKFEXRMSA-N";  // [S1]

// Text to molecule.
void read_strand(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(read_notation(kStrand));
}

// Text to formulae, masses, key, extinction and six notations.
void identity_card(benchmark::State& state) {
  for (auto _ : state) {
    const auto reading = read_notation(kStrand);
    const auto identity = identify(reading->molecule);
    if (identity->inchi->key != kKey) state.SkipWithError("another key");
  }
}

// The limit: the same key from atoms that are there.
void inchi_alone(benchmark::State& state) {
  const auto graph = build_graph(read_notation(kStrand)->molecule);
  for (auto _ : state) {
    const auto inchi = to_inchi(*graph);
    if (inchi->key != kKey) state.SkipWithError("another key");
  }
}

}  // namespace

BENCHMARK(read_strand)->Unit(benchmark::kMicrosecond);
BENCHMARK(identity_card)->Unit(benchmark::kMillisecond);
BENCHMARK(inchi_alone)->Unit(benchmark::kMillisecond);
