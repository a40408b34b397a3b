// Where on the body: the log of the last doses, and which places are fit for the next one.
//
// A place is a site of the programme, or one side of it. What nobody said is a question, and never
// read as another place: a dose somewhere unknown may have been anywhere.
#include <fmt/format.h>

#include <algorithm>

#include "dosewright/decide/parts.hpp"
#include "dosewright/decide/vocabulary.hpp"

namespace dosewright::decide {
namespace {

using programme::Side;
using Verdict = SiteAnswer::Verdict;

// Whether they may be one place; sure where both say a side, or the site has none.
bool may_be(Spot a, Spot b) {
  return a.site == b.site && (a.side == b.side || a.side == Side::kNone || b.side == Side::kNone);
}

class Finder {
 public:
  explicit Finder(const Case& c) : case_(c), sites_(c.programme.sites) {}

  SitesAnswer find() {
    if (sites_.places.empty()) return {};
    answer_.asked = true;
    if (sites_.rotation) {
      answer_.says = sites_.rotation->says;
      answer_.source = sites_.rotation->source;
    }
    find_open();
    log();
    ask();
    for (std::size_t i = 0; i < sites_.places.size(); ++i) {
      const auto index = static_cast<std::int16_t>(i);
      if (!sites_.places[i].sides) judge({index, Side::kNone});
      if (sites_.places[i].sides) judge({index, Side::kLeft});
      if (sites_.places[i].sides) judge({index, Side::kRight});
    }
    choose();
    return std::move(answer_);
  }

 private:
  struct Open {  // what makes a place unfit, and holds now
    const programme::UnfitSite* rule;
    Known known;
  };

  void find_open() {
    const Words words = words_of(case_.programme);
    for (const auto& rule : sites_.unfit) {
      std::vector<Known> places;
      for (const Known& known : case_.patient.facts) {
        if (known.word == words.find(rule.fact)) set_place(places, known);
      }
      for (const Known& known : places) open_.push_back({&rule, known});
    }
  }

  std::size_t n_apart() const {
    return sites_.rotation ? static_cast<std::size_t>(sites_.rotation->apart) : 0;
  }

  void log() {
    const auto& all = case_.patient.injections;
    const std::size_t shown = std::min(
        all.size(), sites_.rotation ? static_cast<std::size_t>(sites_.rotation->shown) : 8);
    for (std::size_t i = 0; i < std::max(shown, n_apart()) && i < all.size(); ++i) {
      const Injection& one = all[all.size() - 1 - i];
      if (i < n_apart()) recent_.push_back(one);
      if (i >= shown) continue;
      SiteUse use{one.at, SiteUse::Place::kNotSaid, ""};
      if (one.spot.listed()) {
        use.place = SiteUse::Place::kListed;
        use.name = site_text(case_.programme, one.spot);
      } else if (one.spot.said()) {
        use.place = SiteUse::Place::kElsewhere;
        use.name = elsewhere(one.spot);
      }
      answer_.log.push_back(std::move(use));
    }
  }

  const std::string& elsewhere(Spot spot) const {
    return case_.patient.elsewhere[spot.elsewhere_of()];
  }

  std::string what_is_said(Spot spot) const {
    if (!spot.said()) return "The file does not say";
    return "The file says '" + elsewhere(spot) + "', which is no site of this programme";
  }

  void ask() {
    for (const Injection& one : recent_) {
      if (one.spot.listed()) continue;
      answer_.questions.push_back("where was the dose of " + exchange::clock_text(one.at) +
                                  " given? " + what_is_said(one.spot));
    }
    for (const Open& open : open_) {
      if (open.known.spot.listed()) continue;
      const std::string since = exchange::clock_text(open.known.at);
      answer_.questions.push_back(
          open.known.spot.said()
              ? fmt::format("since {} at '{}', which is no site of this programme: {}; is it near "
                            "the place that you will use? [{}]",
                            since, elsewhere(open.known.spot), open.rule->says, open.rule->source)
              : fmt::format("since {}, nobody said where: {}; look before you inject [{}]", since,
                            open.rule->says, open.rule->source));
    }
  }

  void judge(Spot spot) {
    SiteAnswer one;
    one.name = site_text(case_.programme, spot);
    one.source = sites_.places[static_cast<std::size_t>(spot.site)].source;
    for (const Injection& use : case_.patient.injections) {
      if (use.spot.site == spot.site && use.spot.side == spot.side) one.last_used = use.at;
    }
    for (const Open& open : open_) {
      if (!may_be(open.known.spot, spot)) continue;
      one.verdict = Verdict::kUnfit;
      one.because.push_back(fmt::format(
          "since {}{}: {}", exchange::clock_text(open.known.at),
          open.known.spot.side == spot.side ? "" : " (the side was not said)", open.rule->says));
      one.source = open.rule->source;
    }
    if (one.verdict != Verdict::kUnfit) rest(spot, one);
    answer_.sites.push_back(std::move(one));
  }

  void rest(Spot spot, SiteAnswer& one) const {
    for (const Injection& use : recent_) {
      const bool here = use.spot == spot;
      if (use.spot.listed() && !may_be(use.spot, spot)) continue;
      if (!here && one.verdict == Verdict::kResting) continue;
      one.verdict = here ? Verdict::kResting : Verdict::kUnclear;
      one.source = answer_.source;
      const std::string what = here                ? "it had the dose of "
                               : use.spot.listed() ? "the side was not said of the dose of "
                                                   : "it is not known where this dose was given: ";
      one.because.push_back(what + exchange::clock_text(use.at));
    }
  }

  // Of the free places the one that was left alone longest; one without any use before the others.
  void choose() {
    SiteAnswer* next = nullptr;
    answer_.all_unfit = true;
    for (SiteAnswer& one : answer_.sites) {
      if (one.verdict != Verdict::kUnfit) answer_.all_unfit = false;
      if (one.verdict != Verdict::kFree) continue;
      const bool sooner = next == nullptr ||
                          one.last_used.value_or(INT64_MIN) < next->last_used.value_or(INT64_MIN);
      if (sooner) next = &one;
    }
    if (next != nullptr) next->verdict = Verdict::kNext;
  }

  const Case& case_;
  const programme::Sites& sites_;
  SitesAnswer answer_;
  std::vector<Open> open_;
  std::vector<Injection> recent_;  // doses whose place may not be used yet, the latest first
};

}  // namespace

std::string to_text(SiteAnswer::Verdict verdict) {
  switch (verdict) {
    case SiteAnswer::Verdict::kNext:
      return "next";
    case SiteAnswer::Verdict::kFree:
      return "free";
    case SiteAnswer::Verdict::kResting:
      return "not now";
    case SiteAnswer::Verdict::kUnclear:
      return "ask first";
    case SiteAnswer::Verdict::kUnfit:
      return "not here";
  }
  DW_CHECK(false, "a verdict is one of five");
}

const SiteAnswer* SitesAnswer::next() const {
  const auto found = std::ranges::find(sites, SiteAnswer::Verdict::kNext, &SiteAnswer::verdict);
  return found == sites.end() ? nullptr : &*found;
}

SitesAnswer sites_of(const Case& c) {
  return Finder(c).find();
}

}  // namespace dosewright::decide
