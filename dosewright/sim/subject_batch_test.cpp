// Subjects in lanes against the adaptive reference, each with times and doses of its own, and
// against themselves in other widths and other company.
#include "dosewright/sim/subject_batch.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

#include "dosewright/base/allocations_test.hpp"
#include "dosewright/base/random.hpp"
#include "dosewright/sim/collocation.hpp"
#include "dosewright/sim/subject.hpp"
#include "dosewright/sim/test_models.hpp"

namespace dosewright::sim {
namespace {

// Four levels: a depot; plasma and periphery, whose clearance falls with time; a liver; and what it
// drives: a loss that moves, one that is fixed, a sum that only grows. CARRIED reads another driven
// state and so stands on a fifth.
model::Model falling_clearance() {
  return build({R"(
CL = CL_late * (1 + 0.6 * exp(-TAFD * slow))
CP [mg/L] = CENTRAL / Vc
d/dt(DEPOT) [mg] = -ka * DEPOT
d/dt(CENTRAL) [mg] = ka * DEPOT - CL * CP - Q * (CP - PERIPH / Vp)
d/dt(PERIPH) [mg] = Q * (CP - PERIPH / Vp)
d/dt(LIVER) [mg] = f * CL * CP - k_liver * LIVER
E = 0.8 * (LIVER / L50) ^ 1.3 / (1 + (LIVER / L50) ^ 1.3)
remaining = log(1 - E)
d/dt(LDL) [mg/dL] = kout * (LDL0 * exp(0.6 * remaining) - LDL * exp(-0.4 * remaining))
LDL(0) = LDL0
d/dt(ALT) [U/L] = kout / 4 * (ALT0 * (1 + 2 * E) - ALT)
ALT(0) = ALT0
d/dt(SUM) [mg] = kout * LIVER + 0.001 * kout * DOSE
d/dt(CARRIED) [mg/dL] = kout * (LDL - CARRIED)
)",
                {{"ka", "1/h"},
                 {"CL_late", "L/h"},
                 {"Vc", "L"},
                 {"Q", "L/h"},
                 {"Vp", "L"},
                 {"f", "1"},
                 {"k_liver", "1/h"},
                 {"L50", "mg"},
                 {"kout", "1/h"},
                 {"slow", "1/h"}},
                {{"LDL0", "mg/dL"}, {"ALT0", "U/L"}},
                {"CP", "LIVER", "LDL", "ALT", "SUM", "CARRIED"}});
}

constexpr int kOutputs = 6;

std::vector<double> falling_subject(int number) {
  std::vector<double> values = {0.3,       3.6, 17,        0.25, 255,  0.18,
                                9.6270e-4, 150, 0.25 / 24, 3e-4, 1600, 25};
  const Draws draws(21, static_cast<std::uint64_t>(number), 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = draws.lognormal(static_cast<std::uint32_t>(i), values[i], 0.25);
  }
  return values;
}

void write_subject(SubjectBatch& batch, int lane, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    batch.given(static_cast<int>(i))[static_cast<std::size_t>(lane)] = values[i];
  }
}

// The life of a subject: uneven times, some doses left out, none at all for every fifth.
struct Happening {
  Minutes at = 0;
  double mg = lang::kUnknown;
};
std::vector<Happening> life_of(int number) {
  const Draws draws(22, static_cast<std::uint64_t>(number), 2);
  std::vector<Happening> life;
  Minutes at = 0;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const double choice = draws.uniform(2 * i);
    const bool doses = choice < 0.6 && number % 5 != 4;
    life.push_back(
        {at, doses ? 50 + 50 * std::floor(4 * draws.uniform(2 * i + 1)) : lang::kUnknown});
    at += i % 7 == 6 ? 23 * kDay : static_cast<Minutes>(1 + choice * 10 * kDay);
  }
  return life;
}

// Outputs after each happening's move: [happening][output].
std::vector<double> lived(SubjectBatch& batch, int lane, const std::vector<int>& numbers) {
  std::vector<std::vector<Happening>> lives;
  for (const int number : numbers) lives.push_back(life_of(number));
  std::vector<double> seen, amounts(numbers.size());
  std::vector<Minutes> to(numbers.size());
  for (std::size_t i = 0; i + 1 < lives.front().size(); ++i) {
    for (std::size_t l = 0; l < numbers.size(); ++l) {
      amounts[l] = lives[l][i].mg;
      to[l] = lives[l][i + 1].at;
    }
    batch.dose(amounts);
    batch.advance(to);
    for (int o = 0; o < kOutputs; ++o) {
      seen.push_back(batch.output(o)[static_cast<std::size_t>(lane)]);
    }
  }
  return seen;
}

std::vector<double> lived_by_steps(const model::Model& model, int number) {
  num::Tolerance tolerance;
  tolerance.relative = 1e-10;
  tolerance.floor_of_peak = 1e-3;
  Subject subject(model, tolerance);
  const std::vector<double> values = falling_subject(number);
  subject.reset({values.data(), model.parameters.size()},
                {values.data() + model.parameters.size(), model.covariates.size()});
  const auto life = life_of(number);
  std::vector<double> seen;
  for (std::size_t i = 0; i + 1 < life.size(); ++i) {
    if (!std::isnan(life[i].mg)) subject.dose(life[i].mg);
    REQUIRE(subject.advance(life[i + 1].at) == num::Status::kOk);
    for (int o = 0; o < kOutputs; ++o) seen.push_back(subject.output(o));
  }
  return seen;
}

std::uint64_t bits_of(const std::vector<double>& values) {
  std::uint64_t result = 14695981039346656037ULL;  // FNV-1a
  for (const double value : values) {
    result = (result ^ std::bit_cast<std::uint64_t>(value)) * 1099511628211ULL;
  }
  return result;
}

}  // namespace

TEST_CASE("levels: blocks above what they read") {
  const auto found = levels(falling_clearance());
  REQUIRE(found);
  REQUIRE(found->size() == 5);
  CHECK(found->at(0).states == std::vector<int>{0});
  CHECK(found->at(1).states == std::vector<int>{1, 2});
  CHECK(found->at(1).blocks.size() == 1);
  CHECK(found->at(1).reads_clock);
  CHECK(found->at(3).states == std::vector<int>{4, 5, 6});
  CHECK(found->at(3).blocks.size() == 3);
  CHECK(found->at(3).lower == std::vector<int>{3});
  CHECK(found->at(4).states == std::vector<int>{7});
}

TEST_CASE("levels: none where a slope may jump or bend between two nodes") {
  const auto driven_by = [](const std::string& effect) {
    return levels(build({"d/dt(A) [mg] = -k * A\nd/dt(R) [mg] = k * s * " + effect + " - k * R\n",
                         {{"k", "1/h"}, {"s", "mg"}},
                         {},
                         {"R"}}));
  };
  CHECK(driven_by("(1 + A / s)"));
  CHECK(driven_by("(if (DOSE > 0 mg) 1 else 2)"));
  CHECK_FALSE(driven_by("(if (A > s) 1 else 0)"));
  CHECK_FALSE(driven_by("max(A / s, 1)"));
  CHECK_FALSE(driven_by("(if (TIME > 24 h) 1 else 0)"));
}

TEST_CASE("levels: none where a block is not affine in itself") {
  CHECK_FALSE(levels(build(
      {"d/dt(A) [mg] = -Vmax * A / (Km + A)\n", {{"Vmax", "mg/h"}, {"Km", "mg"}}, {}, {"A"}})));
  CHECK_FALSE(levels(build({R"(
d/dt(A) [mg] = -k * A * (1 + B / s)
d/dt(B) [mg] = k * A - k * B
)",
                            {{"k", "1/h"}, {"s", "mg"}},
                            {},
                            {"A"}})));
}

TEST_CASE("collocation: exact for polynomials, of order nine at the end") {
  const CollocationTable& table = collocation();
  CHECK(table.nodes[kStages - 1] == 1);
  CHECK(table.begin[kParts - 1] + table.share[kParts - 1] == doctest::Approx(1).epsilon(1e-15));
  for (int power = 1; power <= kStages; ++power) {
    for (int j = 0; j < kStages; ++j) {
      double slope = 0;
      for (int k = 0; k < kStages; ++k)
        slope += table.slope[j][k] * std::pow(table.nodes[k], power);
      CHECK(slope == doctest::Approx(power * std::pow(table.nodes[j], power - 1)).epsilon(1e-12));
    }
  }
  const auto error = [&](double z) {  // of exp(-z) in one part
    CollocationTable one = table;
    one.n_parts = 1;
    one.share[0] = 1;
    std::vector<double> x(8, 1), peak(8, 1), worst(8, 0), nodes(8 * (kNodes + 1)), hours(8, 1),
        losses(8, -z);
    const lang::NodeRegister a{losses.data(), 0}, b{};
    double *const state = x.data(), *const at_node = nodes.data(), *const largest = peak.data();
    kCollocateOne.solve[0]({&one, hours.data(), &a, &b, &state, &at_node, &largest, worst.data()},
                           {0, 8});
    return std::abs(x[0] - std::exp(-z));
  };
  CHECK(std::log2(error(0.5) / error(0.25)) == doctest::Approx(2 * kStages).epsilon(0.1));
}

TEST_CASE("agrees with the adaptive reference to 1e-6, each lane with a life of its own") {
  const model::Model model = falling_clearance();
  const auto parts = *levels(model);
  std::vector<int> numbers;
  for (int i = 0; i < 10; ++i) numbers.push_back(i);
  for (int lane = 0; lane < 10; ++lane) {
    SubjectBatch batch(model, parts, 10);
    for (const int number : numbers) write_subject(batch, number, falling_subject(number));
    batch.start(0);
    const auto got = lived(batch, lane, numbers);
    CHECK_FALSE(batch.left_out(lane));
    const auto want = lived_by_steps(model, lane);
    REQUIRE(got.size() == want.size());
    for (int o = 0; o < kOutputs; ++o) {
      double largest = 0, apart = 0;
      for (auto i = static_cast<std::size_t>(o); i < got.size(); i += kOutputs) {
        largest = std::max(largest, std::abs(want[i]));
        apart = std::max(apart, std::abs(want[i] - got[i]));
      }
      CAPTURE(lane);
      CAPTURE(o);
      CHECK(apart <= 1e-6 * largest);
    }
  }
}

TEST_CASE("however fast absorption is, a lane is exact to 1e-6 or left out") {
  const model::Model model = falling_clearance();
  const auto parts = *levels(model);
  const std::vector<double> rates = {0.02, 0.1, 0.3, 0.6, 0.9, 1.2, 1.6, 2, 3, 6, 20, 60};  // 1/h
  const int n = static_cast<int>(rates.size());
  constexpr int kWeeks = 8;
  SubjectBatch batch(model, parts, n);
  for (int lane = 0; lane < n; ++lane) {
    write_subject(batch, lane, falling_subject(2));
    batch.given(0)[static_cast<std::size_t>(lane)] = rates[static_cast<std::size_t>(lane)];
  }
  batch.start(0);
  std::vector<std::vector<double>> got(rates.size());
  for (int week = 1; week <= kWeeks; ++week) {
    batch.dose(std::vector<double>(rates.size(), 200.0));
    batch.advance(std::vector<Minutes>(rates.size(), week * kMinutesPerWeek));
    for (int o = 1; o < kOutputs; ++o) {
      for (std::size_t l = 0; l < rates.size(); ++l) got[l].push_back(batch.output(o)[l]);
    }
  }
  num::Tolerance tolerance;
  tolerance.relative = 1e-10;
  tolerance.floor_of_peak = 1e-3;
  Subject subject(model, tolerance);
  int exact = 0;
  for (std::size_t l = 0; l < rates.size(); ++l) {
    CAPTURE(rates[l]);
    if (batch.left_out(static_cast<int>(l))) {
      CHECK(rates[l] > 1);
      continue;
    }
    ++exact;
    std::vector<double> values = falling_subject(2);
    values[0] = rates[l];
    subject.reset({values.data(), model.parameters.size()},
                  {values.data() + model.parameters.size(), model.covariates.size()});
    std::size_t i = 0;
    for (int week = 1; week <= kWeeks; ++week) {
      subject.dose(200);
      REQUIRE(subject.advance(week * kMinutesPerWeek) == num::Status::kOk);
      for (int o = 1; o < kOutputs; ++o, ++i) {
        CHECK(std::abs(got[l][i] - subject.output(o)) <= 1e-6 * std::abs(subject.output(o)));
      }
    }
  }
  CHECK(exact >= 5);
}

TEST_CASE("a lane has the same bits in any width and any company") {
  const model::Model model = falling_clearance();
  const auto parts = *levels(model);
  std::uint64_t alone = 0;
  for (const Width width : kWidths) {
    if (!supported(width)) continue;
    for (const auto& numbers : {std::vector<int>{3}, std::vector<int>{0, 1, 2, 3, 9},
                                std::vector<int>{4, 3, 7, 8, 1, 2, 5, 6, 0, 9, 11}}) {
      const auto lane = static_cast<int>(std::ranges::find(numbers, 3) - numbers.begin());
      SubjectBatch batch(model, parts, static_cast<int>(numbers.size()), width);
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        write_subject(batch, static_cast<int>(i), falling_subject(numbers[i]));
      }
      batch.start(0);
      const std::uint64_t bits = bits_of(lived(batch, lane, numbers));
      if (alone == 0) alone = bits;
      CAPTURE(to_text(width));
      CHECK(bits == alone);
    }
  }
}

TEST_CASE("a lane that stays where it is keeps every bit") {
  const model::Model model = falling_clearance();
  const auto parts = *levels(model);
  SubjectBatch batch(model, parts, 2);
  for (int lane = 0; lane < 2; ++lane) write_subject(batch, lane, falling_subject(lane));
  batch.start(0);
  batch.dose(std::vector<double>{200, 200});
  batch.advance(std::vector<Minutes>{5 * kDay, 5 * kDay});
  const std::vector<double> before(batch.state(1).begin(), batch.state(1).end());
  batch.advance(std::vector<Minutes>{40 * kDay, 5 * kDay});
  CHECK(batch.now(0) == 40 * kDay);
  CHECK(batch.now(1) == 5 * kDay);
  CHECK(batch.state(1)[1] == before[1]);
  CHECK(batch.state(1)[0] != before[0]);
}

TEST_CASE("a lane that begins anew is that of a fresh batch, and its neighbours do not notice") {
  const model::Model model = falling_clearance();
  const auto parts = *levels(model);
  const std::vector<int> numbers = {6, 7, 8};
  SubjectBatch fresh(model, parts, 3), used(model, parts, 3), neighbour(model, parts, 3);
  for (int lane = 0; lane < 3; ++lane) {
    write_subject(fresh, lane, falling_subject(numbers[static_cast<std::size_t>(lane)]));
    write_subject(used, lane, falling_subject(lane));
    write_subject(neighbour, lane, falling_subject(lane));
  }
  for (SubjectBatch* batch : {&fresh, &used, &neighbour}) batch->start(0);
  for (SubjectBatch* batch : {&used, &neighbour}) {
    batch->dose(std::vector<double>{200, 100, 50});
    batch->advance(std::vector<Minutes>{5 * kDay, 6 * kDay, 9 * kDay});
  }
  for (const int lane : {0, 2}) {
    write_subject(used, lane, falling_subject(numbers[static_cast<std::size_t>(lane)]));
  }
  used.restart(std::vector<int>{0, 2}, 0);
  CHECK(used.now(0) == 0);
  CHECK(used.now(1) == 6 * kDay);
  const auto outputs = [](SubjectBatch& batch, int lane) {
    std::vector<double> all;
    for (int o = 0; o < kOutputs; ++o)
      all.push_back(batch.output(o)[static_cast<std::size_t>(lane)]);
    return all;
  };
  CHECK(outputs(used, 0) == outputs(fresh, 0));
  CHECK(outputs(used, 1) == outputs(neighbour, 1));
  // The neighbour's clock, dose and state go on; the others' begin.
  fresh.dose(std::vector<double>{70, 70, 70});
  used.dose(std::vector<double>{70, lang::kUnknown, 70});
  fresh.advance(std::vector<Minutes>{7 * kDay, kDay, 8 * kDay});
  used.advance(std::vector<Minutes>{7 * kDay, 12 * kDay, 8 * kDay});
  neighbour.advance(std::vector<Minutes>{9 * kDay, 12 * kDay, 9 * kDay});
  for (const int lane : {0, 2}) CHECK(outputs(used, lane) == outputs(fresh, lane));
  CHECK(outputs(used, 1) == outputs(neighbour, 1));
}

TEST_CASE("rates that the nodes do not resolve, and what is not finite, are left out") {
  const model::Model model = falling_clearance();
  const auto parts = *levels(model);
  SubjectBatch batch(model, parts, 4);
  for (int lane = 0; lane < 4; ++lane) write_subject(batch, lane, falling_subject(lane));
  batch.given(0)[1] = 40;  // an absorption of a minute
  batch.given(2)[2] = 0;   // no volume
  batch.start(0);
  batch.dose(std::vector<double>(4, 200.0));
  batch.advance(std::vector<Minutes>(4, kMinutesPerWeek));
  CHECK_FALSE(batch.left_out(0));
  CHECK(batch.left_out(1));
  CHECK(batch.left_out(2));
  CHECK_FALSE(batch.left_out(3));
}

TEST_CASE("nothing is allocated once a batch is made; its memory is told") {
  const model::Model model = falling_clearance();
  const auto parts = *levels(model);
  SubjectBatch batch(model, parts, 64);
  for (int lane = 0; lane < 64; ++lane) write_subject(batch, lane, falling_subject(lane));
  const std::vector<double> amounts(64, 200.0);
  std::vector<Minutes> to(64);
  double sum = 0;
  const long before = allocations();
  batch.start(0);
  for (int week = 1; week <= 3; ++week) {
    batch.dose(amounts);
    std::ranges::fill(to, week * kMinutesPerWeek);
    batch.advance(to);
    sum += batch.output(2)[5];
  }
  CHECK(allocations() == before);
  CHECK(std::isfinite(sum));
  CHECK(batch.bytes() > 64 * 1000);
  CHECK(batch.bytes() < 64 * 100'000);
}

}  // namespace dosewright::sim
