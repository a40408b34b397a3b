// The batch back end against the scalar one: the same bits in every width, for any number of lanes.
#include "dosewright/lang/batch.hpp"

#include <rapidcheck.h>

#include <bit>
#include <cfloat>
#include <limits>

#include "dosewright/base/allocations_test.hpp"
#include "dosewright/base/random.hpp"
#include "dosewright/lang/test_support.hpp"

namespace dosewright::lang {
namespace {

using testing::boolean;
using testing::constant;
using testing::parsed;
using testing::six_symbols;
using testing::symbol;
using testing::TreeMaker;

using Stream = std::vector<std::uint32_t>;

bool same_bits(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// Unknown, zeros of both signs, infinities, the ends of the normal and subnormal numbers, any bit
// pattern, and plain numbers.
double some_number(const Draws& draws, std::uint32_t draw) {
  const double special[] = {kUnknown,
                            0.0,
                            -0.0,
                            std::numeric_limits<double>::infinity(),
                            -std::numeric_limits<double>::infinity(),
                            DBL_MIN,
                            -DBL_TRUE_MIN,
                            DBL_MAX,
                            3,
                            -2,
                            1,
                            0.5};
  const double pick = draws.uniform(3 * draw), u = draws.uniform(3 * draw + 1);
  if (pick < 0.5) return special[static_cast<std::size_t>(u * 12)];
  if (pick < 0.6) {
    const double v = draws.uniform(3 * draw + 2);
    return std::bit_cast<double>((static_cast<std::uint64_t>(u * 0x1p32) << 32) |
                                 static_cast<std::uint64_t>(v * 0x1p32));
  }
  return 20 * (u - 0.5);
}

double some_truth(const Draws& draws, std::uint32_t draw) {
  const double u = draws.uniform(3 * draw);
  return u < 0.4 ? 0.0 : u < 0.8 ? 1.0 : kUnknown;
}

// The inputs of each lane: four numbers and two truths.
std::vector<std::vector<double>> histories(std::uint64_t seed, int n_lanes) {
  std::vector<std::vector<double>> lanes;
  for (int lane = 0; lane < n_lanes; ++lane) {
    const Draws draws(seed, static_cast<std::uint64_t>(lane), 7);
    std::vector<double>& values = lanes.emplace_back();
    for (std::uint32_t i = 0; i < 4; ++i) values.push_back(some_number(draws, i));
    for (std::uint32_t i = 4; i < 6; ++i) values.push_back(some_truth(draws, i));
  }
  return lanes;
}

template <class Chunk>
void write_inputs(Chunk& chunk, const std::vector<std::vector<double>>& lanes) {
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    for (int i = 0; i < 6; ++i) {
      chunk.input(i)[lane] = lanes[lane][static_cast<std::size_t>(i)];
    }
  }
}

double scalar(const Program& program, const std::vector<double>& values, std::size_t output) {
  std::vector<double> registers(static_cast<std::size_t>(program.n_registers), kUnknown);
  std::copy(values.begin(), values.end(), registers.begin());
  load(program, registers);
  run_prologue(program, registers);
  run(program, registers);
  return registers[program.outputs[output]];
}

// The first lane and output whose bits differ from the scalar back end's, or "".
std::string difference(const Program& program, const std::vector<std::vector<double>>& lanes,
                       Width width) {
  Batch batch(program, static_cast<int>(lanes.size()), width);
  write_inputs(batch, lanes);
  batch.run_prologue();
  batch.run();
  for (std::size_t o = 0; o < program.outputs.size(); ++o) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      const double found = batch.output(static_cast<int>(o))[lane];
      const double expected = scalar(program, lanes[lane], o);
      if (same_bits(found, expected)) continue;
      return std::string(to_text(width)) + ", lane " + std::to_string(lane) + ": " +
             std::to_string(found) + " for " + std::to_string(expected);
    }
  }
  return "";
}

std::vector<Width> widths() {
  std::vector<Width> result;
  for (const Width width : kWidths) {
    if (supported(width)) result.push_back(width);
  }
  return result;
}

TEST_CASE("random programs: every width and any number of lanes give the bits of the scalar") {
  CHECK(rc::check("batch == scalar",
                  [](const Stream& stream, const Stream& more, std::uint64_t seed) {
                    TreeMaker first(stream, false), second(more, false);
                    const Expression number = first.number(6), truth = second.truth(5);
                    const std::vector<Symbol> scope = six_symbols();
                    const Program program = lower({scope, {}, {number.get(), truth.get()}}).value();
                    const auto lanes = histories(seed, 1 + static_cast<int>(seed % 67));
                    for (const Width width : widths()) {
                      RC_LOG() << to_text(*number) << " ; " << to_text(*truth) << "\n";
                      RC_ASSERT(difference(program, lanes, width) == "");
                    }
                  }));
}

TEST_CASE("each operation on many special and random values") {
  const std::vector<Symbol> scope = six_symbols();
  for (const char* text :
       {"x + y", "x - y", "x * y", "x / y", "-x", "min(x, y, z)", "max(x, y, z)", "exp(x)",
        "log(x)", "sqrt(x)", "abs(x)", "pow(x, y)", "x ^ 3 - y ^ -2", "pow(x, z) * pow(y, c)",
        "if (p) x else y", "exp(c) * exp(x / 3)", "log(abs(y))", "pow(abs(x), y / 7)"}) {
    CAPTURE(text);
    const Expression tree = parsed(text);
    const Program program = lower({scope, {}, {tree.get()}}).value();
    for (const Width width : widths()) CHECK(difference(program, histories(3, 500), width) == "");
  }
  for (const char* text : {"x < y", "x <= y", "x > y", "x >= y", "x == y", "x != y", "p and q",
                           "p or q", "not p", "known(x)", "known(p)", "p and x < y or not q"}) {
    CAPTURE(text);
    const Expression tree = parsed(text);
    const Program program = lower({scope, {}, {tree.get()}}).value();
    for (const Width width : widths()) CHECK(difference(program, histories(4, 500), width) == "");
  }
}

TEST_CASE("guards: the verdict and what each lane saw are those of explain()") {
  CHECK(rc::check("masks == explain", [](const Stream& stream, std::uint64_t seed) {
    TreeMaker maker(stream, true);
    const Expression guard = maker.truth(5);
    const std::vector<Symbol> scope = six_symbols();
    const auto lanes = histories(seed, 1 + static_cast<int>(seed % 130));
    const Width width = widths()[seed % widths().size()];
    auto batch = GuardBatch::make(*guard, scope, static_cast<int>(lanes.size()), width);
    RC_ASSERT(batch.ok());
    write_inputs(*batch, lanes);
    batch->run();
    const auto bit = [](const LaneMask& mask, std::size_t lane) {
      return (mask[lane / 64] >> (lane % 64) & 1) != 0;
    };
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      const Explanation expected = explain(*guard, scope, lanes[lane]);
      RC_ASSERT(bit(batch->holds(), lane) == (expected.verdict == 1));
      RC_ASSERT(bit(batch->known(), lane) == !is_unknown(expected.verdict));
      RC_ASSERT(batch->seen().size() == expected.seen.size());
      for (std::size_t i = 0; i < expected.seen.size(); ++i) {
        const GuardBatch::Part& part = batch->seen()[i];
        RC_ASSERT(part.text == expected.seen[i].text);
        RC_ASSERT(bit(part.holds, lane) == (expected.seen[i].verdict == 1));
        RC_ASSERT(bit(part.known, lane) == !is_unknown(expected.seen[i].verdict));
      }
    }
  }));
}

TEST_CASE("a run allocates nothing; lanes keep apart; padding is not shown") {
  const std::vector<Symbol> scope = six_symbols();
  const Expression tree = parsed("exp(x) / (1 + pow(y, 2.5)) + log(z) * c");
  const Program program = lower({scope, {}, {tree.get()}}).value();
  const auto lanes = histories(5, 13);
  Batch batch(program, 13);
  CHECK(batch.stride() == 16);
  CHECK(batch.output(0).size() == 13);
  write_inputs(batch, lanes);
  const long before = allocations();
  for (int i = 0; i < 10; ++i) {
    batch.run_prologue();
    batch.run();
  }
  CHECK(allocations() == before);
  const double third = batch.output(0)[3];
  for (double& value : batch.input(0)) value = 1e300;
  batch.input(0)[3] = lanes[3][0];
  batch.run();
  CHECK(same_bits(batch.output(0)[3], third));
}

TEST_CASE("the processor has at least the scalar and the portable width, and names the widest") {
  CHECK(supported(Width::kOne));
  CHECK(supported(Width::kPortable));
  CHECK(supported(widest()));
  for (const Width width : kWidths) CHECK(std::string(to_text(width)) != "");
  if (supported(Width::kAvx512)) CHECK(widest() == Width::kAvx512);
}

}  // namespace
}  // namespace dosewright::lang
