// An answer as a person reads it, and one rule explained.
#include "dosewright/base/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "dosewright/decide/answer.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::decide {
namespace {

using exchange::clock_text;

constexpr std::size_t kWidth = 108;

std::string day_text(Minutes at) {
  return clock_text(at).substr(0, 10);
}

// Breaks at blanks; what follows the first line is indented.
void put(std::string& out, std::size_t indent, std::string_view text) {
  std::size_t column = indent;
  out.append(indent, ' ');
  bool first = true;
  for (const std::string_view word : split(text, ' ')) {
    if (!first && column + 1 + word.size() > kWidth) {
      out += '\n';
      out.append(indent + 2, ' ');
      column = indent + 2;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    first = false;
  }
  out += '\n';
}

std::string verdict_text(double verdict) {
  if (lang::is_unknown(verdict)) return "not known";
  return verdict != 0 ? "yes" : "no";
}

std::string source_text(const std::string& source) {
  return source.empty() ? "" : " [" + source + "]";
}

void put_order(std::string& out, const Answer& answer) {
  const Order& order = answer.order;
  std::string line = "ORDER: " + to_text(order.action);
  if (order.action == Action::kGive) {
    line += fmt::format(" {} mg ({})", number_text(order.amount_mg, 6), order.regimen);
    line += order.late ? fmt::format(", planned for {}, made up by {} at the latest",
                                     day_text(order.planned), day_text(order.latest))
                       : fmt::format(", on {}, at the latest on {}", day_text(order.planned),
                                     day_text(order.latest));
  }
  put(out, 0, line);
  for (const std::string& because : order.because) put(out, 2, "- " + because);
  const SiteAnswer* site = order.action == Action::kGive ? answer.sites.next() : nullptr;
  if (site != nullptr) put(out, 2, "where: " + site->name);
  for (const auto& how : answer.administration) {
    put(out, 2, "how: " + how.says + source_text(how.source));
  }
}

void put_regions(std::string& out, const Answer& answer) {
  out += "\nSTATE of each region\n";
  for (const RegionAnswer& one : answer.regions) {
    put(out, 2,
        fmt::format("{}: {} ({}); allows {}; since {}", one.name, one.state, one.state_title,
                    protocol::to_text(one.allows), day_text(one.since)));
    if (one.rule.empty()) {
      put(out, 4, "where observation began");
    } else {
      put(out, 4, fmt::format("by {}: {}{}", one.rule, one.because, source_text(one.source)));
    }
  }
}

std::string use_text(const SiteUse& use) {
  const std::string day = clock_text(use.at) + ": ";
  if (use.place == SiteUse::Place::kNotSaid) return day + "not said where";
  if (use.place == SiteUse::Place::kListed) return day + use.name;
  return day + "'" + use.name + "', no site of this programme";
}

bool alike(const SiteAnswer& a, const SiteAnswer& b) {
  return a.verdict == b.verdict && a.last_used == b.last_used && a.because == b.because &&
         a.source == b.source;
}

// Places of which the same is to be said. What stands above them need not name its source again.
void put_alike(std::string& out, std::span<const SiteAnswer> places, const std::string& above) {
  std::vector<std::string> names;
  for (const SiteAnswer& place : places) names.push_back(place.name);
  const SiteAnswer& one = places.front();
  put(out, 2,
      fmt::format("{}: {}; {}", to_text(one.verdict), fmt::join(names, ", "),
                  one.last_used ? "last used " + day_text(*one.last_used)
                                : std::string("no use of it is recorded")));
  const std::string source = one.source == above ? "" : source_text(one.source);
  for (const std::string& because : one.because) put(out, 4, because + source);
}

void put_sites(std::string& out, const Answer& answer) {
  const SitesAnswer& sites = answer.sites;
  if (!sites.asked) return;
  out += "\nSITES\n";
  if (!sites.says.empty()) put(out, 2, sites.says + source_text(sites.source));
  for (auto one = sites.sites.begin(); one != sites.sites.end();) {
    const auto end = std::find_if(one, sites.sites.end(),
                                  [&](const SiteAnswer& other) { return !alike(*one, other); });
    put_alike(out, {one, end}, sites.source);
    one = end;
  }
  for (const std::string& question : sites.questions) put(out, 2, "ask: " + question);
  out += sites.log.empty() ? "  no dose yet\n" : "  log, the latest dose first\n";
  for (const SiteUse& use : sites.log) put(out, 4, use_text(use));
}

void put_end(std::string& out, const Answer& answer) {
  if (answer.end.events.empty()) return;
  out += "\nDISPOSITION\n";
  for (const Disposition& one : answer.end.events) {
    put(out, 2,
        fmt::format("{}: {}, '{}' ({})", clock_text(one.at), to_text(one.kind), one.says,
                    one.where));
  }
}

void put_obligations(std::string& out, const Answer& answer) {
  out += "\nOWED\n";
  if (answer.end.died()) out += "  nothing any more\n";
  if (answer.obligations.empty() && !answer.end.died()) out += "  nothing\n";
  for (const DueAnswer& one : answer.obligations) {
    put(out, 2,
        fmt::format("{}: {} ({}), due {}", to_text(one.state), one.title, join(one.tests, ", "),
                    day_text(one.due)));
    put(out, 4, fmt::format("{}: {}{}", one.rule, one.because, source_text(one.source)));
    if (!one.never_measured.empty()) {
      put(out, 4, "never measured: " + join(one.never_measured, ", "));
    } else if (one.last_drawn) {
      put(out, 4,
          fmt::format("last drawn {}{}", day_text(*one.last_drawn),
                      one.too_early
                          ? ": too early to count, which begins on " + day_text(one.counts_from)
                          : ""));
    }
  }
}

void put_warnings(std::string& out, const Answer& answer) {
  out += "\nWARNINGS\n";
  if (answer.warnings.empty()) out += "  none\n";
  for (const Warning& one : answer.warnings) {
    put(out, 2, fmt::format("{}: {} ({}){}", one.level, one.says, one.id, source_text(one.source)));
    if (!one.saw.empty()) put(out, 4, "saw " + one.saw);
  }
}

void put_advice(std::string& out, const Answer& answer) {
  if (answer.advice.empty()) return;
  out += "\nTO TELL, TO ASK, TO DO\n";
  for (const AdviceAnswer& one : answer.advice) {
    put(out, 2, fmt::format("{}: {} ({}){}", one.kind, one.says, one.id, source_text(one.source)));
    if (one.answered) {
      put(out, 4,
          fmt::format("answered {} on {}{}", one.answer, day_text(*one.answered),
                      one.open ? ", before the last dose: ask again" : ""));
    } else if (one.open) {
      put(out, 4, "not answered yet");
    }
  }
}

void put_eligibility(std::string& out, const Answer& answer) {
  out += "\nELIGIBILITY\n";
  if (answer.eligibility.empty()) out += "  this profile has no criteria\n";
  for (const CriterionAnswer& one : answer.eligibility) {
    const std::string mark = one.in_favour ? "ok" : lang::is_unknown(one.verdict) ? "?" : "!";
    put(out, 2,
        fmt::format("{} {} {}: {}: {}{}", mark, one.kind, one.id, verdict_text(one.verdict),
                    one.says, source_text(one.source)));
  }
}

void put_rules(std::string& out, const Answer& answer) {
  out += "\nRULES that were asked\n";
  for (const auto& rule : answer.rules) {
    put(out, 2,
        fmt::format("{}: {}{}", rule.rule, verdict_text(rule.verdict), source_text(rule.source)));
    for (const lang::Seen& seen : rule.seen) {
      put(out, 4, fmt::format("{} is {}: {}", seen.text, verdict_text(seen.verdict), seen.values));
    }
  }
}

void put_notes(std::string& out, const Answer& answer) {
  if (answer.notes.empty()) return;
  out += "\nNOTES on the file\n";
  for (const Note& note : answer.notes) put(out, 2, "- " + note.says);
}

std::string action_of(const protocol::Region& region, const protocol::Transition& rule) {
  return region.states[static_cast<std::size_t>(rule.from)].name + " -> " +
         region.states[static_cast<std::size_t>(rule.to)].name;
}

void put_now(std::string& out, const protocol::Protocol& protocol, const Answer& answer,
             std::size_t region, const protocol::Transition& rule) {
  const auto& where = answer.state.regions[region];
  const bool asked = where.state == rule.from;
  put(out, 2,
      asked ? "it is asked now:"
            : "it is not asked now, because the region is in '" +
                  protocol.regions[region].states[static_cast<std::size_t>(where.state)].name +
                  "'; it would see:");
  const auto told = protocol::explain_rule(rule, protocol, answer.state, where);
  for (const lang::Seen& seen : told.seen) {
    put(out, 4, fmt::format("{} is {}: {}", seen.text, verdict_text(seen.verdict), seen.values));
  }
  put(out, 4, "so its answer is " + verdict_text(told.verdict));
}

}  // namespace

std::string answer_text(const Answer& answer) {
  std::string out = fmt::format(
      "{}, profile {}: {}\npatient {}, at {}\n", answer.programme, answer.profile,
      answer.protocol_title, answer.patient.empty() ? "without a name" : shown_text(answer.patient),
      clock_text(answer.at));
  out += answer.last_dose
             ? fmt::format("{} doses, the first on {}, the last on {}\n\n", answer.n_doses,
                           day_text(*answer.first_dose), day_text(*answer.last_dose))
             : "no dose yet\n\n";
  put_order(out, answer);
  put_regions(out, answer);
  put_sites(out, answer);
  put_end(out, answer);
  put_obligations(out, answer);
  put_warnings(out, answer);
  put_advice(out, answer);
  put_eligibility(out, answer);
  put_rules(out, answer);
  put_notes(out, answer);
  return out;
}

Result<std::string> explain_text(const Question& question, const Answer& answer,
                                 const std::string& id) {
  const protocol::Protocol& protocol = *question.programme->protocol(answer.profile);
  std::vector<std::string> ids;
  std::string out;
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    const auto& region = protocol.regions[r];
    for (const auto& rule : region.transitions) {
      ids.push_back(rule.id);
      if (rule.id != id) continue;
      if (out.empty()) {
        out = fmt::format("rule {} of profile {}\n", id, answer.profile);
        put(out, 2, "asks    " + rule.when);
        put(out, 2, "because " + rule.because);
        put(out, 2, "source  " + rule.source);
        for (const std::string& one : rule.cases) put(out, 2, "case    " + one);
      }
      put(out, 0, action_of(region, rule));
      put_now(out, protocol, answer, r, rule);
    }
  }
  if (out.empty()) {
    const std::string near = nearest_name(id, ids);
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    return Fault{{"command line", 0, 0},
                 "--explain: no rule '" + shown_text(id) + "'",
                 near.empty() ? "rules are " + join(ids, ", ") : "did you mean '" + near + "'?",
                 ""};
  }
  for (const auto& firing : answer.log) {
    if (firing.rule->id == id) {
      out += fmt::format("it fired on {}\n", clock_text(firing.at));
    }
  }
  return out;
}

}  // namespace dosewright::decide
