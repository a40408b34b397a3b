#include "dosewright/verify/model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "dosewright/programme/programme.hpp"
#include "dosewright/protocol/fixture_test.hpp"
#include "dosewright/verify/patient.hpp"

namespace dosewright::verify {
namespace {

using protocol::Fact;
using protocol::FactKind;
using protocol::Protocol;

std::vector<Part> all_parts(const Protocol& protocol) {
  std::vector<Part> parts;
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    parts.push_back({&protocol, static_cast<int>(r)});
  }
  return parts;
}

// Facts of one midnight: some tests, at and beside the thresholds, and some signs.
using Dice = std::mt19937;
int roll(Dice& dice, unsigned sides) {
  return static_cast<int>(dice() % sides);
}

std::vector<Fact> random_facts(const Protocol& protocol, const Model& model, Dice& dice) {
  static constexpr double kMultiples[] = {0.5, 1,   1.01, 1.5, 1.99, 2, 2.99,
                                          3,   4.9, 5,    6,   7.9,  8, 9};
  std::vector<Fact> facts;
  for (const Word& word : model.words()) {
    if (roll(dice, 3) == 0) continue;
    const double multiple = kMultiples[roll(dice, 14)];
    facts.push_back({0, FactKind::kLab,
                     static_cast<std::int16_t>(protocol.vocabulary.analyte(word.code)),
                     multiple * (word.uln > 0 ? word.uln : 100), 0});
  }
  for (const std::string& sign : model.signs()) {
    if (roll(dice, 4) != 0) continue;
    const bool present = roll(dice, 2) == 1;
    facts.push_back({0, present ? FactKind::kSymptom : FactKind::kSymptomEnd,
                     static_cast<std::int16_t>(protocol.vocabulary.sign(sign)), 0, 0});
  }
  return facts;
}

// The step as these facts make it.
void fix(z3::solver& solver, const Model& model, const Step& step, const std::vector<Fact>& facts,
         const Protocol& protocol) {
  const auto find = [&](const auto& matches) {
    return std::find_if(facts.begin(), facts.end(), matches);
  };
  for (std::size_t w = 0; w < model.words().size(); ++w) {
    const Word& word = model.words()[w];
    const auto fact = find([&](const Fact& one) {
      return one.kind == FactKind::kLab && one.code == protocol.vocabulary.analyte(word.code);
    });
    solver.add(fact != facts.end() ? step.drawn[w] : !step.drawn[w]);
    solver.add(!step.twice[w]);
    if (fact == facts.end()) continue;
    const double value = word.uln > 0 ? fact->value / word.uln : fact->value;
    solver.add(step.after->readings[w].value == real_of(model.context(), value));
  }
  for (std::size_t s = 0; s < model.signs().size(); ++s) {
    const auto fact = find([&](const Fact& one) {
      return one.kind != FactKind::kLab && one.code == protocol.vocabulary.sign(model.signs()[s]);
    });
    solver.add(fact != facts.end() ? step.reported[s] : !step.reported[s]);
    if (fact == facts.end()) continue;
    const bool present = fact->kind == FactKind::kSymptom;
    solver.add(present ? step.after->signs[s] : !step.after->signs[s]);
  }
  solver.add(!step.dosed);
}

void same_as_executor(const Protocol& protocol, unsigned seed) {
  INFO(protocol.name, ", seed ", seed);
  Dice dice(seed);
  z3::context context;
  const Model model(context, all_parts(protocol), {}, Model::Lemmas::kNone);
  const protocol::Executor executor(protocol);
  z3::solver solver(context);
  std::vector<std::unique_ptr<Moment>> moments;
  moments.push_back(std::make_unique<Moment>(model.moment("m0")));
  solver.add(model.initial(*moments[0]) && moments[0]->now == 0);
  protocol::PatientState state = executor.start(0);
  int day = 0;
  for (int i = 1; i <= 5; ++i) {
    const std::vector<Fact> facts = random_facts(protocol, model, dice);
    moments.push_back(std::make_unique<Moment>(model.moment("m" + std::to_string(i))));
    const Moment& now = *moments.back();
    // One midnight after the other, as the executor passes them.
    const Step step = model.step(*moments[moments.size() - 2], now, Pace::kShort);
    solver.add(step.relation && now.now == day * static_cast<int>(kMinutesPerDay));
    fix(solver, model, step, facts, protocol);
    executor.observe(state, day * kMinutesPerDay, facts, nullptr);
    REQUIRE(solver.check() == z3::sat);
    const z3::model seen = solver.get_model();
    for (std::size_t p = 0; p < model.parts().size(); ++p) {
      CHECK(seen.eval(now.charts[p].state, true).get_numeral_int() == state.regions[p].state);
      CHECK(seen.eval(model.allows_dose(now, p), true).is_true() ==
            region_allows(protocol, state, static_cast<int>(p)));
    }
    ++day;
  }
}

TEST_CASE("the relation does what the executor does, fact for fact") {
  constexpr unsigned kStories = 12;
  const Protocol toy = protocol::toy_protocol();
  for (unsigned seed = 1; seed <= kStories; ++seed) same_as_executor(toy, seed);
  const auto programme = programme::load_programme(DOSEWRIGHT_ROOT "/programmes/mipomersen");
  REQUIRE(programme.ok());
  for (const Protocol& one : programme->protocols) {
    for (unsigned seed = 1; seed <= kStories; ++seed) same_as_executor(one, seed);
  }
}

TEST_CASE("the lemmas of a protocol as it should be are all proved, and say something") {
  const Protocol toy = protocol::toy_protocol();
  z3::context context;
  const Model model(context, all_parts(toy), {});
  CHECK(model.n_lemmas() == 1 + 5 * toy.regions.size());
  CHECK(model.comes_to_rest(0));
  // In `treating` and at rest, a reading of 5 ULN has been answered.
  const Moment m = model.moment("m");
  z3::solver solver(context);
  solver.add(model.lemmas(m) && model.in_state(m, 0, 0) && m.charts[0].asked);
  CHECK(solver.check() == z3::sat);
  solver.add(m.readings[0].taken && m.readings[0].value >= 5 && m.readings[0].at == m.now &&
             m.charts[0].touched_at == m.now);
  CHECK(solver.check() == z3::unsat);
}

TEST_CASE("a double becomes the fraction that it is") {
  z3::context context;
  for (const double value : {0.1, 3.0, 1e-12, 1e300, -2.5, 0.0, 3 - 3e-12}) {
    const z3::expr real = real_of(context, value);
    CHECK(Z3_get_numeral_double(context, real) == value);
  }
  // The smallest double, 2^-1074, is beyond what Z3 turns back into a double.
  z3::expr least = real_of(context, 5e-324);
  for (int i = 0; i < 1074; ++i) least = (least * context.real_val(2)).simplify();
  CHECK(least.to_string() == "1.0");
}

}  // namespace
}  // namespace dosewright::verify
