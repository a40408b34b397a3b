#include "dosewright/verify/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/verify/prover.hpp"
#include "dosewright/verify/story.hpp"

namespace dosewright::verify {

using protocol::Decision;
using protocol::Permission;
using protocol::Protocol;

namespace {

// "withheld by hepatic: withheld", "full in hepatic: treating", "withheld for want of an answer".
std::string verdict_of(const Protocol& protocol, const Decision& decision) {
  std::vector<std::string> states;
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    states.push_back(protocol.regions[r].name + ": " + decision.states[r]);
  }
  std::string text = to_text(decision.permission);
  if (decision.permission == Permission::kReduced) text += " to " + decision.regimen;
  text += " (" + join(states, ", ") + ")";
  if (decision.unanswered) text += ", an open question holds the dose";
  return text;
}

// What the kind of a difference is told by: the deciding region's state on the side that gives
// less, and the states on the other.
std::string kind_of(const Protocol& protocol, const Decision& decision) {
  if (decision.permission == Permission::kFull) return verdict_of(protocol, decision);
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    if (protocol.regions[r].name != decision.region) continue;
    return to_text(decision.permission) + (decision.unanswered ? "?" : "") + " " + decision.region +
           ": " + (decision.unanswered ? "" : decision.states[r]);
  }
  return to_text(decision.permission);
}

// When each test is due at the earliest, by code.
std::map<std::string, Minutes> due_tests(const Protocol& protocol, const Decision& decision) {
  std::map<std::string, Minutes> due;
  for (const protocol::Obligation& one : decision.obligations) {
    for (const int analyte : protocol.panels[at(one.panel)].analytes) {
      const std::string& code = protocol.vocabulary.analytes[at(analyte)].code;
      const auto [entry, added] = due.try_emplace(code, one.due);
      if (!added) entry->second = std::min(entry->second, one.due);
    }
  }
  return due;
}

std::string due_text(const std::map<std::string, Minutes>& due,
                     const std::map<std::string, Minutes>& other) {
  std::map<Minutes, std::vector<std::string>> by_date;
  for (const auto& [code, when] : due) {
    const auto there = other.find(code);
    if (there == other.end() || there->second != when) by_date[when].push_back(code);
  }
  std::vector<std::string> parts;
  for (const auto& [when, codes] : by_date) {
    parts.push_back(join(codes, ", ") + " due " + date_of(static_cast<int>(when / kMinutesPerDay)));
  }
  return parts.empty() ? "nothing of its own is due" : join(parts, "; ");
}

class Diff {
 public:
  Diff(const Protocol& first, const Protocol& second, const Options& options, int most)
      : first_(first),
        second_(second),
        options_(options),
        most_(most),
        model_(context_, parts(first, second), {}, Model::Lemmas::kNone),
        prover_(model_, {options.query_milliseconds, options.visits}) {}

  DiffReport run() {
    search(/*same_dose=*/false);
    if (!report_.interrupted && !report_.disputed) search(/*same_dose=*/true);
    return std::move(report_);
  }

 private:
  static std::vector<Part> parts(const Protocol& first, const Protocol& second) {
    std::vector<Part> parts;
    for (const Protocol* protocol : {&first, &second}) {
      for (std::size_t r = 0; r < protocol->regions.size(); ++r) {
        parts.push_back({protocol, static_cast<int>(r)});
      }
    }
    return parts;
  }

  z3::expr side_allows(const Moment& m, const Protocol& side) const {
    z3::expr all = m.now.ctx().bool_val(true);
    for (std::size_t p = 0; p < model_.parts().size(); ++p) {
      if (model_.parts()[p].protocol == &side) all = all && model_.allows_dose(m, p);
    }
    return all;
  }

  // Reduced doses differ in what they are reduced to: the states tell.
  z3::expr differs(const Moment& m) const {
    return side_allows(m, first_) != side_allows(m, second_);
  }

  // The states that both are in, as the executors say.
  using Signature = std::vector<std::pair<int, bool>>;
  Signature signature(const Replay& a, const Replay& b) const {
    Signature signature;
    for (const Part& part : model_.parts()) {
      const Replay& side = part.protocol == &first_ ? a : b;
      const int state = side.state.regions[at(part.region)].state;
      signature.emplace_back(state, region_allows(*part.protocol, side.state, part.region));
    }
    return signature;
  }

  z3::expr is_of(const Moment& m, const Signature& signature) const {
    z3::expr all = m.now.ctx().bool_val(true);
    for (std::size_t p = 0; p < signature.size(); ++p) {
      all = all && model_.in_state(m, p, signature[p].first) &&
            model_.allows_dose(m, p) == m.now.ctx().bool_val(signature[p].second);
    }
    return all;
  }

  void search(bool same_dose) {
    seen_.clear();
    int depth = 1;
    for (int n = 0; n < most_;) {
      if (options_.stop && options_.stop()) {
        report_.interrupted = true;
        return;
      }
      if (options_.progress) {
        options_.progress(fmt::format("{} of up to {} visits, {} differences",
                                      same_dose ? "tests" : "doses", depth,
                                      report_.differences.size()));
      }
      Bad bad;
      bad.moment = [&](const Moment& m) {
        z3::expr wanted =
            same_dose ? side_allows(m, first_) && side_allows(m, second_) : differs(m);
        for (const Signature& known : seen_) wanted = wanted && !is_of(m, known);
        return wanted;
      };
      int searched = depth - 1;
      const auto patient = prover_.find(bad, &searched, depth);
      depth = searched + 1;
      if (!patient) {
        report_.visits = report_.visits == 0 ? searched : std::min(report_.visits, searched);
        report_.complete = searched == options_.visits && (same_dose ? report_.complete : true);
        return;
      }
      if (!take(*patient, same_dose)) return;
      if (told_) ++n;
    }
    report_.complete = false;
  }

  // Executes both, remembers what it was, and tells it where its kind is new.
  bool take(const Patient& patient, bool same_dose) {
    const std::string csv = to_csv(patient);
    const auto a = replay(first_, csv, patient.look_on), b = replay(second_, csv, patient.look_on);
    DW_CHECK(a.ok() && b.ok(), "a patient file of our own can be read");
    const Signature signature = this->signature(*a, *b);
    if (!seen_.insert(signature).second) {
      report_.disputed = true;  // the executors say that this one was ruled out
      return false;
    }
    told_ = same_dose ? tell_tests(patient, *a, *b) : tell_dose(patient, *a, *b);
    return !report_.disputed;
  }

  bool tell_dose(const Patient& patient, const Replay& a, const Replay& b) {
    const bool gives_a = a.decision.permission < Permission::kWithheld;
    const bool gives_b = b.decision.permission < Permission::kWithheld;
    if (gives_a == gives_b) {
      report_.disputed = true;
      return false;
    }
    const std::string kind = kind_of(first_, a.decision) + "|" + kind_of(second_, b.decision);
    if (!kinds_.insert(kind).second) return false;
    const std::string side =
        gives_a ? "only the first lets a dose through" : "only the second lets a dose through";
    report_.differences.push_back({side, verdict_of(first_, a.decision),
                                   verdict_of(second_, b.decision), tell_story(first_, a),
                                   tell_story(second_, b), patient});
    return true;
  }

  bool tell_tests(const Patient& patient, const Replay& a, const Replay& b) {
    const auto due_a = due_tests(first_, a.decision), due_b = due_tests(second_, b.decision);
    if (due_a == due_b) return false;
    report_.differences.push_back({"both let a dose through, tests are due at other times",
                                   verdict_of(first_, a.decision) + ": " + due_text(due_a, due_b),
                                   verdict_of(second_, b.decision) + ": " + due_text(due_b, due_a),
                                   tell_story(first_, a), tell_story(second_, b), patient});
    return true;
  }

  const Protocol& first_;
  const Protocol& second_;
  const Options& options_;
  int most_;
  z3::context context_;
  Model model_;
  Prover prover_;
  std::set<Signature> seen_;
  std::set<std::string> kinds_;
  bool told_ = false;
  DiffReport report_;
};

}  // namespace

DiffReport diff(const Protocol& first, const Protocol& second, const Options& options,
                int most_examples) {
  return Diff(first, second, options, most_examples).run();
}

}  // namespace dosewright::verify
