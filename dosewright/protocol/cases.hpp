// The cases of a rule: what the protocol must decide, written beside it and run when it is read.
//
//   [in STATE:] ITEM, ITEM ... [then [N d later] ITEM ...] -> STATE[, owes PANEL][, dose|no dose]
//
// An ITEM is "ALT = 3 ULN", "ALT.previous = 2 ULN", "ALT.previous.age = 6 d", "ALT missing",
// "ALT stale", "sign", "no sign", "state.age = 20 d", "treatment.age = 40 wk", "dose.age = 2 d",
// "dose.count = 3", "dose.amount = 200 mg", "count.C = 2" or "no test". What a case does not say is
// ordinary: the patient has been treated for 28 d, has had a reading of 0.5 ULN of each test then
// and has one now, is free of signs, and has been in the state for a day. `then` is 7 d later.
#pragma once

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::protocol {

struct CaseText {
  std::string text;
  Place place;
};

// One [[transition]] of the file: a rule for each of its `from` states.
struct RuleBlock {
  int region = 0;
  std::vector<int> transitions;  // indices into Region::transitions; the first one stands for all
  std::vector<CaseText> cases;
  Place place;
};

enum class ItemKind : std::uint8_t {
  kValue,
  kPrevious,
  kPreviousAge,
  kBaseline,
  kMissing,
  kStale,
  kSign,
  kNoSign,
  kNoTest,
  kStateAge,
  kTreatmentAge,
  kDoseAge,
  kDoseCount,
  kDoseAmount,
  kCount,
};
struct CaseItem {
  ItemKind kind = ItemKind::kValue;
  int index = 0;     // analyte, sign or count
  double value = 0;  // canonical
  Minutes minutes = 0;
};
struct CaseStep {
  Minutes later = 0;  // after the step before
  std::vector<CaseItem> items;
};
struct Case {
  CaseText text;
  int from = 0;
  std::vector<CaseStep> steps;
  int to = 0;
  std::vector<int> owes;     // panels
  std::optional<bool> dose;  // whether a dose may be given
};

Result<Case> parse_case(const CaseText& text, const Protocol& protocol, const Region& region,
                        int from);

// Runs every case of every block; also requires each rule to fire in one of its cases, each
// comparison to be seen below, at and above, each test missing and stale, each sign present.
Faults check_cases(const Protocol& protocol, std::span<const RuleBlock> blocks);

// The moment before the rules answer: for coverage.
struct Snapshot {
  const PatientState* state;
  int region;
};

// Collects what the cases of one rule have shown.
class Coverage {
 public:
  Coverage(const Protocol& protocol, const RuleBlock& block);

  void saw(const Snapshot& snapshot);
  void fired(const Transition& rule);
  Faults missing() const;  // what no case showed

 private:
  struct Inputs {
    std::span<const lang::Symbol> symbols;
    std::span<const Slot> slots;
  };
  struct Comparison {
    std::string text;
    lang::Program sides;          // two outputs
    std::span<const Slot> slots;  // its inputs
    bool below = false, at = false, above = false;
  };
  void add_comparisons(const Transition& rule);
  void add_comparisons(const lang::Node& node, const Inputs& inputs);
  void see(Comparison& comparison, const PatientState& state, const RegionState& where) const;
  void require(Faults& faults, bool shown, const std::string& what) const;

  const Protocol& protocol_;
  const RuleBlock& block_;
  const Transition& rule_;
  std::vector<Comparison> comparisons_;
  std::uint64_t missing_ = 0, stale_ = 0, present_ = 0;  // analytes, analytes, signs
  bool fired_ = false;
};

}  // namespace dosewright::protocol
