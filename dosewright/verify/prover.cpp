#include "dosewright/verify/prover.hpp"

#include <algorithm>

#include "dosewright/verify/plain_values.hpp"

namespace dosewright::verify {

namespace {

std::unique_ptr<z3::solver> make_solver(z3::context& context, unsigned milliseconds) {
  auto solver = std::make_unique<z3::solver>(context);
  z3::params params(context);
  params.set("timeout", milliseconds);
  solver->set(params);
  return solver;
}

double number_of(const z3::model& model, const z3::expr& value) {
  const z3::expr number = model.eval(value, true);
  return Z3_get_numeral_double(number.ctx(), number);
}

int whole_of(const z3::model& model, const z3::expr& value) {
  return static_cast<int>(number_of(model, value));
}

}  // namespace

// A path of daily steps from the start of observation, made longer as the search goes deeper.
class Prover::Story {
 public:
  Story(const Model& model, const Limits& limits)
      : model_(model),
        limits_(limits),
        solver_(make_solver(model.context(), limits.query_milliseconds)) {
    moments_.push_back(std::make_unique<Moment>(model.moment("story0")));
    solver_->add(model.initial(*moments_.front()) && moments_.front()->now == 0);
  }

  std::size_t length() const { return steps_.size(); }
  const Step& step(std::size_t i) const { return steps_[i]; }

  void extend() {
    const std::string name = "story" + std::to_string(moments_.size());
    moments_.push_back(std::make_unique<Moment>(model_.moment(name)));
    steps_.push_back(
        model_.step(**(moments_.end() - 2), *moments_.back(), Pace::kDaily, steps_.empty()));
    solver_->add(steps_.back().relation);
    // A report that changes nothing is no news, and a story has news or lets time pass.
    for (std::size_t i = 0; i < model_.signs().size(); ++i) {
      const Step& step = steps_.back();
      solver_->add(z3::implies(step.reported[i], step.after->signs[i] != step.before->signs[i]));
    }
    for (std::size_t w = 0; w < model_.words().size(); ++w) {
      solver_->add(moments_.back()->readings[w].value >= 0);
    }
  }

  // A patient for whom `goal` holds of the first `n` steps; kUnknown where the solver gave up.
  Answer solve(const z3::expr& goal, std::size_t n, std::optional<Patient>& patient) {
    const z3::check_result result = check_with(goal);
    if (result == z3::unsat) return Answer::kNo;
    if (result == z3::unknown) return Answer::kUnknown;
    solver_->push();
    solver_->add(goal);
    solver_->check();
    clear_of_thresholds(n);
    fewest_facts(n);
    soonest(n);
    plainest(n);
    solver_->check();
    patient = read(solver_->get_model(), n);
    solver_->pop();
    return Answer::kYes;
  }

 private:
  z3::check_result check_with(const z3::expr& more) {
    z3::expr_vector assumptions(model_.context());
    const z3::expr flag = model_.context().bool_const(("goal" + std::to_string(flags_++)).c_str());
    solver_->add(z3::implies(flag, more));
    assumptions.push_back(flag);
    return solver_->check(assumptions);
  }

  bool keep_if_possible(const z3::expr& more) {
    solver_->push();
    solver_->add(more);
    const bool possible = solver_->check() == z3::sat;
    solver_->pop();
    if (possible) solver_->add(more);
    return possible;
  }

  z3::expr n_facts(std::size_t n) const {
    z3::context& c = model_.context();
    z3::expr sum = c.int_val(0);
    const auto count = [&](const z3::expr& fact) {
      sum = sum + z3::ite(fact, c.int_val(1), c.int_val(0));
    };
    for (std::size_t i = 0; i < n; ++i) {
      for (const z3::expr& drawn : steps_[i].drawn) count(drawn);
      for (const z3::expr& told : steps_[i].reported) count(told);
      count(steps_[i].dosed);
      sum = sum + steps_[i].weeks;
    }
    return sum;
  }

  // A value a hair beside a threshold would be printed as the threshold.
  void clear_of_thresholds(std::size_t n) {
    constexpr double kBelow = 0.99, kAbove = 1.01;
    z3::context& c = model_.context();
    z3::expr all = c.bool_val(true);
    for (std::size_t w = 0; w < model_.words().size(); ++w) {
      for (const double threshold : thresholds_of(model_, w)) {
        for (std::size_t i = 0; i < n; ++i) {
          const z3::expr& value = steps_[i].after->readings[w].value;
          all = all && (value == real_of(c, threshold) || value >= real_of(c, threshold * kAbove) ||
                        value <= real_of(c, threshold * kBelow));
        }
      }
    }
    keep_if_possible(all);
  }

  void fewest_facts(std::size_t n) {
    const z3::expr count = n_facts(n);
    solver_->check();
    int found = whole_of(solver_->get_model(), count);
    while (found > 0 && keep_if_possible(count < found)) {
      solver_->check();
      found = whole_of(solver_->get_model(), count);
    }
  }

  void soonest(std::size_t n) {
    for (std::size_t i = 1; i < n; ++i) {
      const z3::expr gap = steps_[i].after->day - steps_[i].before->day;
      for (const int days : {1, 2, 7, 8, 9, 14, 28, 182}) {
        if (keep_if_possible(gap == days)) break;
      }
      solver_->check();
      const int left = whole_of(solver_->get_model(), gap);
      solver_->add(gap <= left);
    }
  }

  void plainest(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t w = 0; w < model_.words().size(); ++w) {
        solver_->check();
        const z3::model now = solver_->get_model();
        if (!now.eval(steps_[i].drawn[w], true).is_true()) continue;
        solver_->add(steps_[i].drawn[w]);
        const z3::expr& value = steps_[i].after->readings[w].value;
        for (const double plain : plain_values(model_, w)) {
          if (keep_if_possible(value == real_of(model_.context(), plain))) break;
        }
      }
    }
  }

  Patient read(const z3::model& model, std::size_t n) const {
    Patient patient;
    const int start = whole_of(model, moments_.front()->day);
    for (std::size_t i = 0; i < n; ++i) {
      const Step& step = steps_[i];
      const int weeks = whole_of(model, step.weeks);
      for (int week = 1; week <= weeks; ++week) {
        patient.facts.push_back({patient.look_on + week * kDaysOfStretch,
                                 PatientFact::Kind::kDose,
                                 "",
                                 number_of(model, step.before->dosing.amount),
                                 0,
                                 {}});
      }
      patient.look_on = whole_of(model, step.after->day) - start;
      for (std::size_t w = 0; w < model_.words().size(); ++w) {
        if (!model.eval(step.drawn[w], true).is_true()) continue;
        const Word& word = model_.words()[w];
        const double value = number_of(model, step.after->readings[w].value);
        patient.facts.push_back({patient.look_on, PatientFact::Kind::kLab, word.code,
                                 value * (word.uln > 0 ? word.uln : 1), word.uln, word.unit});
      }
      for (std::size_t s = 0; s < model_.signs().size(); ++s) {
        if (!model.eval(step.reported[s], true).is_true()) continue;
        const bool present = model.eval(step.after->signs[s], true).is_true();
        patient.facts.push_back({patient.look_on,
                                 PatientFact::Kind::kSign,
                                 model_.signs()[s],
                                 present ? 1.0 : 0.0,
                                 0,
                                 {}});
      }
      if (model.eval(step.dosed, true).is_true()) {
        patient.facts.push_back({patient.look_on,
                                 PatientFact::Kind::kDose,
                                 "",
                                 number_of(model, step.after->dosing.amount),
                                 0,
                                 {}});
      }
    }
    return patient;
  }

  const Model& model_;
  Limits limits_;
  std::unique_ptr<z3::solver> solver_;
  std::vector<std::unique_ptr<Moment>> moments_;
  std::vector<Step> steps_;
  int flags_ = 0;
};

Prover::Prover(const Model& model, const Limits& limits) : model_(model), limits_(limits) {
  for (const char* name : {"a", "b", "c"}) moments_.push_back(model.moment(name));
  steps_.push_back(model.step(moments_[0], moments_[1], Pace::kShort));
  steps_.push_back(model.step(moments_[1], moments_[2], Pace::kShort));
  one_ = make_solver(model.context(), limits.query_milliseconds);
  one_->add(steps_[0].relation && model.lemmas(moments_[0]) && model.lemmas(moments_[1]));
  story_ = std::make_unique<Story>(model, limits);
}

Prover::~Prover() = default;

z3::expr Prover::bad_after(const Bad& bad, const Step& step) const {
  z3::expr any = model_.context().bool_val(false);
  if (bad.moment) any = any || bad.moment(*step.after);
  if (bad.step) any = any || bad.step(step);
  return any;
}

// What is proved of every moment may be used to prove more.
Answer Prover::learn(const Bad& bad) {
  if (bad.moment) {
    learnt_.push_back(bad);
    teach(*one_, bad, 1);
    if (two_) teach(*two_, bad, 2);
  }
  return Answer::kYes;
}

void Prover::teach(z3::solver& solver, const Bad& never, std::size_t n_steps) {
  for (std::size_t i = 0; i <= n_steps; ++i) solver.add(!never.moment(moments_[i]));
}

Answer Prover::never(const Bad& bad) {
  z3::context& context = model_.context();
  if (bad.moment) {
    const auto begins = make_solver(context, limits_.query_milliseconds);
    begins->add(model_.initial(moments_[0]) && bad.moment(moments_[0]));
    if (begins->check() != z3::unsat) return Answer::kNo;
  }
  one_->push();
  if (bad.moment) one_->add(!bad.moment(moments_[0]));
  one_->add(bad_after(bad, steps_[0]));
  const z3::check_result first = one_->check();
  one_->pop();
  if (first == z3::unsat) return learn(bad);
  if (!two_) {
    two_ = make_solver(context, limits_.query_milliseconds);
    two_->add(steps_[0].relation && steps_[1].relation);
    for (const Moment& moment : moments_) two_->add(model_.lemmas(moment));
    for (const Bad& known : learnt_) teach(*two_, known, 2);
  }
  two_->push();
  if (bad.moment) two_->add(!bad.moment(moments_[0]));
  two_->add(!bad_after(bad, steps_[0]) && bad_after(bad, steps_[1]));
  const z3::check_result second = two_->check();
  two_->pop();
  // Two steps also need the first step of a story to be good.
  if (second == z3::unsat) {
    const auto begins = make_solver(context, limits_.query_milliseconds);
    begins->add(model_.initial(moments_[0]) && steps_[0].relation && bad_after(bad, steps_[0]));
    if (begins->check() == z3::unsat) return learn(bad);
  }
  return first == z3::unknown || second == z3::unknown ? Answer::kUnknown : Answer::kNo;
}

std::optional<Patient> Prover::find(const Bad& bad, int* searched, int first) {
  std::optional<Patient> patient;
  for (int depth = first; depth <= limits_.visits; ++depth) {
    const auto n = static_cast<std::size_t>(depth);
    while (story_->length() < n) story_->extend();
    const Answer answer = story_->solve(bad_after(bad, story_->step(n - 1)), n, patient);
    if (answer == Answer::kYes) return patient;
    if (answer == Answer::kUnknown) break;
    if (searched != nullptr) *searched = depth;
  }
  return patient;
}

}  // namespace dosewright::verify
