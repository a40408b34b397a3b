// Proves that nothing bad is ever reached, or finds the shortest patient who gets there.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dosewright/verify/model.hpp"
#include "dosewright/verify/patient.hpp"

namespace dosewright::verify {

struct Limits {
  unsigned query_milliseconds = 10'000;  // one question to the solver
  int visits = 6;                        // the longest story that is searched
};

// What must not happen: a moment that no patient may ever be in, or a step that none may take.
struct Bad {
  std::function<z3::expr(const Moment&)> moment;  // may be empty
  std::function<z3::expr(const Step&)> step;      // may be empty
};

enum class Answer : std::uint8_t { kYes, kNo, kUnknown };

class Prover {
 public:
  Prover(const Model& model, const Limits& limits);
  ~Prover();
  Prover(const Prover&) = delete;
  Prover& operator=(const Prover&) = delete;

  // kYes: it holds on all paths, by induction over one or two steps on top of the lemmas. kNo: the
  // induction does not go through, which says nothing about paths.
  Answer never(const Bad& bad);

  // The patient with the fewest visits, then facts, then the plainest values, who gets there; or
  // none within the limit. `searched`: the last number of visits that the solver could answer for;
  // `first`: where to begin.
  std::optional<Patient> find(const Bad& bad, int* searched = nullptr, int first = 1);

 private:
  class Story;
  z3::expr bad_after(const Bad& bad, const Step& step) const;
  Answer learn(const Bad& bad);
  void teach(z3::solver& solver, const Bad& never, std::size_t n_steps);

  const Model& model_;
  Limits limits_;
  std::unique_ptr<Story> story_;
  std::vector<Moment> moments_;  // three in a row, for induction
  std::unique_ptr<z3::solver> one_, two_;
  std::vector<Step> steps_;
  std::vector<Bad> learnt_;
};

}  // namespace dosewright::verify
