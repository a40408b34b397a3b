#include "dosewright/verify/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "dosewright/base/check.hpp"
#include "dosewright/verify/claims.hpp"
#include "dosewright/verify/story.hpp"

namespace dosewright::verify {

using protocol::Invariant;
using protocol::Protocol;
using protocol::Region;

namespace {

// Regions of one protocol with what the solver knows of them.
struct Bench {
  z3::context context;
  std::unique_ptr<Model> model;
  std::unique_ptr<Prover> prover;

  Bench(std::vector<Part> parts, const std::vector<Aside>& asides, const Limits& limits) {
    model = std::make_unique<Model>(context, std::move(parts), asides);
    prover = std::make_unique<Prover>(*model, limits);
  }
};

class Verification {
 public:
  Verification(const Protocol& protocol, const Options& options)
      : protocol_(protocol),
        options_(options),
        limits_{options.query_milliseconds, options.visits},
        benches_(protocol.regions.size()) {}

  Report run() {
    for (std::size_t r = 0; r < protocol_.regions.size() && !stopped(); ++r) {
      tell("region " + protocol_.regions[r].name);
      verify_region(static_cast<int>(r));
    }
    for (const Invariant& invariant : protocol_.invariants) {
      if (stopped()) break;
      tell("invariant " + invariant.id);
      verify_invariant(invariant);
    }
    return std::move(report_);
  }

 private:
  void tell(const std::string& what) const {
    if (options_.progress) options_.progress(protocol_.name + ": " + what);
  }

  bool stopped() {
    report_.interrupted |= options_.stop && options_.stop();
    const bool failed =
        !report_.findings.empty() && report_.findings.back().outcome > Outcome::kUndeclared;
    return report_.interrupted || (options_.first_failure && failed);
  }

  // A region alone, with the invariants that are about none or about this one.
  Bench& bench(int region) {
    std::unique_ptr<Bench>& one = benches_[at(region)];
    if (!one) {
      std::vector<Aside> asides;
      for (const Invariant& invariant : protocol_.invariants) {
        const bool mine = invariant.region < 0 || invariant.region == region;
        if (mine && invariant.condition.guard) asides.push_back({&protocol_, &invariant.condition});
      }
      one = std::make_unique<Bench>(std::vector<Part>{{&protocol_, region}}, asides, limits_);
    }
    return *one;
  }

  Bench& whole() {
    if (protocol_.regions.size() == 1) return bench(0);
    if (!whole_) {
      std::vector<Part> parts;
      for (std::size_t r = 0; r < protocol_.regions.size(); ++r) {
        parts.push_back({&protocol_, static_cast<int>(r)});
      }
      std::vector<Aside> asides;
      for (const Invariant& invariant : protocol_.invariants) {
        if (invariant.condition.guard) asides.push_back({&protocol_, &invariant.condition});
      }
      whole_ = std::make_unique<Bench>(std::move(parts), asides, limits_);
    }
    return *whole_;
  }

  // Nothing was left out of the base and regions were added to it: those it had are as they were.
  bool taken_over(const std::string& region) {
    const bool same = options_.base != nullptr && protocol_.without.empty() &&
                      std::ranges::find(protocol_.added, region) == protocol_.added.end();
    if (!same) return false;
    for (const Finding& finding : options_.base->findings) {
      if (finding.region == region && finding.aspect != Aspect::kInvariant) take(finding);
    }
    return true;
  }

  bool taken_over(const Invariant& invariant) {
    const bool all_must_allow =
        invariant.kind == Invariant::Kind::kDoseWhen && invariant.region < 0;
    if (options_.base == nullptr || !protocol_.without.empty() || all_must_allow) return false;
    const auto found = std::ranges::find_if(options_.base->findings, [&](const Finding& finding) {
      return finding.aspect == Aspect::kInvariant && finding.outcome == Outcome::kProved &&
             finding.subject == invariant.id && finding.claim == invariant.says;
    });
    if (found == options_.base->findings.end()) return false;
    take(*found);
    return true;
  }

  void take(Finding finding) {
    if (finding.outcome == Outcome::kProved) finding.remark = "as in " + protocol_.based_on;
    report_.findings.push_back(std::move(finding));
  }

  void verify_region(int region) {
    if (taken_over(protocol_.regions[at(region)].name)) return;
    Bench& here = bench(region);
    std::vector<Claim> claims = claims_about_region(*here.model, options_.reachability);
    for (Claim& claim : claims) {
      if (stopped()) return;
      if (claim.finding.outcome != Outcome::kUndeclared) settle(claim, *here.prover);
      report_.findings.push_back(std::move(claim.finding));
    }
    if (options_.reachability) states_from_rules(region);
  }

  // A state is reached when a rule into it fires for somebody, and left when one out of it does.
  void states_from_rules(int region_index) {
    const Region& region = protocol_.regions[at(region_index)];
    for (std::size_t s = 0; s < region.states.size(); ++s) {
      const int index = static_cast<int>(s);
      const auto fires = [&](auto matches) {
        return std::find_if(
            report_.findings.begin(), report_.findings.end(), [&](const Finding& finding) {
              return finding.region == region.name && finding.outcome == Outcome::kShown &&
                     matches(rule_of(region, finding));
            });
      };
      if (index != region.initial) {
        report_state(region, s, Aspect::kReached,
                     fires([&](const auto* rule) { return rule && rule->to == index; }));
      }
      if (region.states[s].allows != protocol::Permission::kStopped) {
        report_state(region, s, Aspect::kLeft,
                     fires([&](const auto* rule) { return rule && rule->from == index; }));
      }
    }
  }

  static const protocol::Transition* rule_of(const Region& region, const Finding& finding) {
    if (finding.aspect != Aspect::kFires) return nullptr;
    for (const protocol::Transition& rule : region.transitions) {
      const std::string from = region.states[at(rule.from)].name;
      if (rule.id == finding.subject && finding.claim == "fires from '" + from + "'") return &rule;
    }
    return nullptr;
  }

  void report_state(const Region& region, std::size_t state, Aspect aspect,
                    std::vector<Finding>::const_iterator shown) {
    Finding finding;
    finding.aspect = aspect;
    finding.region = region.name;
    finding.subject = region.states[state].name;
    finding.source = protocol_.source;
    finding.claim = aspect == Aspect::kReached ? "some patient gets here" : "some patient leaves";
    if (shown != report_.findings.cend()) {
      finding.outcome = Outcome::kShown;
      finding.remark = "by " + shown->subject;
      finding.patient = shown->patient;
    } else if (region.states[state].outgoing.empty() && aspect == Aspect::kLeft) {
      finding.outcome = Outcome::kUndeclared;
      finding.remark = "no rule leads out: this region asks for nothing more";
    } else {
      finding.outcome = Outcome::kNotProved;
    }
    report_.findings.push_back(std::move(finding));
  }

  // First by one region alone, whose "no" is enough; then by all together.
  void verify_invariant(const Invariant& invariant) {
    if (taken_over(invariant)) return;
    const bool about_doses = invariant.kind == Invariant::Kind::kNeverDoseWhen;
    if (invariant.kind == Invariant::Kind::kDoseWhen) return verify_dose_when(invariant);
    for (std::size_t r = 0; r < protocol_.regions.size(); ++r) {
      const int region = static_cast<int>(r);
      if (invariant.region >= 0 && invariant.region != region) continue;
      Bench& here = bench(region);
      Claim claim = claim_about_invariant(*here.model, protocol_, invariant, 0);
      if (here.prover->never(claim.bad) != Answer::kYes) continue;
      claim.finding.remark = "by region " + protocol_.regions[r].name;
      return report(claim, Outcome::kProved);
    }
    Bench& all = about_doses ? whole() : bench(std::max(invariant.region, 0));
    Claim claim = claim_about_invariant(*all.model, protocol_, invariant, about_doses ? -1 : 0);
    settle(claim, *all.prover);
    report_.findings.push_back(std::move(claim.finding));
  }

  // Every region has to let the dose through: each proves it for itself.
  void verify_dose_when(const Invariant& invariant) {
    bool proved = true;
    for (std::size_t r = 0; r < protocol_.regions.size() && proved; ++r) {
      const int region = static_cast<int>(r);
      if (invariant.region >= 0 && invariant.region != region) continue;
      Bench& here = bench(region);
      const Claim claim = claim_about_invariant(*here.model, protocol_, invariant, 0);
      proved = here.prover->never(claim.bad) == Answer::kYes;
    }
    const bool about_region = invariant.region >= 0;
    Bench& asked = about_region ? bench(invariant.region) : whole();
    Claim claim = claim_about_invariant(*asked.model, protocol_, invariant, about_region ? 0 : -1);
    if (proved) return report(claim, Outcome::kProved);
    settle(claim, *asked.prover);
    report_.findings.push_back(std::move(claim.finding));
  }

  void report(Claim& claim, Outcome outcome) {
    claim.finding.outcome = outcome;
    report_.findings.push_back(std::move(claim.finding));
  }

  void settle(Claim& claim, Prover& prover) {
    Finding& finding = claim.finding;
    const bool stronger = claim.stronger.moment && prover.never(claim.stronger) == Answer::kYes;
    if (stronger || (!claim.wanted && prover.never(claim.bad) == Answer::kYes)) {
      finding.outcome = Outcome::kProved;
      return;
    }
    int searched = 0;
    if (options_.search) finding.patient = prover.find(claim.bad, &searched);
    if (!finding.patient && claim.wanted) {
      // No claim of the file: a rule may stand guard over what should never happen.
      finding.outcome = Outcome::kUndeclared;
      finding.remark = fmt::format("no patient of up to {} visits makes it fire", searched);
      return;
    }
    if (!finding.patient) {
      finding.outcome = Outcome::kNotProved;
      finding.remark =
          !options_.search
              ? "no proof"
              : fmt::format("no patient found within {} visits, and no proof", searched);
      return;
    }
    const auto replayed = replay(protocol_, to_csv(*finding.patient), finding.patient->look_on);
    DW_CHECK(replayed.ok(), "a patient file of our own can be read");
    finding.story = tell_story(protocol_, *replayed);
    const bool confirmed = claim.confirmed(*replayed);
    finding.outcome = !confirmed     ? Outcome::kDisputed
                      : claim.wanted ? Outcome::kShown
                                     : Outcome::kFails;
  }

  const Protocol& protocol_;
  const Options& options_;
  Limits limits_;
  std::vector<std::unique_ptr<Bench>> benches_;  // per region
  std::unique_ptr<Bench> whole_;
  Report report_;
};

}  // namespace

std::string to_text(Aspect aspect) {
  switch (aspect) {
    case Aspect::kRest:
      return "comes to rest";
    case Aspect::kExhaustive:
      return "exhaustive";
    case Aspect::kContradiction:
      return "free of contradiction";
    case Aspect::kOrder:
      return "order of rules";
    case Aspect::kFires:
      return "rule fires";
    case Aspect::kReached:
      return "state reached";
    case Aspect::kLeft:
      return "state left";
    case Aspect::kTimer:
      return "timer";
    case Aspect::kFinal:
      return "stopped for good";
    case Aspect::kInvariant:
      return "invariant";
  }
  DW_CHECK(false, "an aspect is one of ten");
}

std::string to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::kProved:
      return "proved";
    case Outcome::kShown:
      return "shown";
    case Outcome::kUndeclared:
      return "not declared";
    case Outcome::kFails:
      return "FAILS";
    case Outcome::kNotProved:
      return "NOT PROVED";
    case Outcome::kDisputed:
      return "DISPUTED";
  }
  DW_CHECK(false, "an outcome is one of six");
}

bool Report::proved() const {
  return !interrupted && std::all_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.outcome <= Outcome::kUndeclared;
  });
}

bool Report::disputed() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.outcome == Outcome::kDisputed; });
}

Report verify(const Protocol& protocol, const Options& options) {
  return Verification(protocol, options).run();
}

}  // namespace dosewright::verify
