#include "dosewright/draw/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dosewright/base/markup.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/draw/words.hpp"

namespace dosewright::draw {

using protocol::Owing;
using protocol::Permission;
using protocol::Protocol;
using protocol::Region;
using protocol::State;
using protocol::Transition;

namespace {

constexpr std::size_t kLabelColumns = 30;
constexpr const char* kMargin = "\u00a0\u00a0";  // keeps a label off its arrow
constexpr const char* kNote = "For research. Not a medical device.";

std::string dot_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// Lines of at most so many columns, broken at blanks.
std::string wrapped(std::string_view text, std::size_t columns, std::string_view line_end) {
  std::string out;
  std::size_t column = 0;
  for (const std::string_view word : split(text, ' ')) {
    if (column > 0 && column + word.size() + 1 > columns) {
      out += line_end;
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += dot_escaped(word);
    column += word.size();
  }
  return out;
}

// Fill and border: told apart by lightness too, for those who see no colours and for print.
std::pair<const char*, const char*> colours(Permission permission) {
  switch (permission) {
    case Permission::kFull:
      return {"#d9f0d3", "#1b7837"};
    case Permission::kReduced:
      return {"#fff2b3", "#9a7b00"};
    case Permission::kWithheld:
      return {"#fdd0a2", "#b35806"};
    case Permission::kStopped:
      break;
  }
  return {"#e8b4b4", "#8b1a1a"};
}

std::string allows_text(const State& state) {
  switch (state.allows) {
    case Permission::kFull:
      return "full dose";
    case Permission::kReduced:
      return "reduced to " + state.regimen;
    case Permission::kWithheld:
      return "no dose for now";
    case Permission::kStopped:
      break;
  }
  return "no dose any more";
}

std::string owing_text(const Owing& owing, const Protocol& protocol) {
  const std::string& panel = protocol.panels[static_cast<std::size_t>(owing.panel)].title;
  std::string text =
      panel + (owing.first == 0 ? " at once" : " within " + duration_text(owing.first));
  if (owing.every > 0) text += ", then every " + duration_text(owing.every);
  return text;
}

class Dot {
 public:
  explicit Dot(std::string name) { drawing_.name = std::move(name); }

  void line(const std::string& text) { drawing_.dot += text + "\n"; }

  void begin(const std::string& title, const char* direction) {
    line("digraph protocol {");
    line(fmt::format("rankdir={}; bgcolor=\"white\"; pad=0.3; nodesep=0.45; ranksep=0.55;",
                     direction));
    line("fontname=\"DejaVu Sans\"; fontsize=15; labelloc=t; labeljust=l;");
    line(fmt::format("label=\"{}\\l{}\\l\";", dot_escaped(title), kNote));
    line(
        "node [fontname=\"DejaVu Sans\" fontsize=12 shape=box style=\"rounded,filled\" "
        "margin=\"0.18,0.10\" penwidth=1.6];");
    line("edge [fontname=\"DejaVu Sans\" fontsize=10 color=\"#444444\" arrowsize=0.8];");
  }

  void hover(const std::string& id, std::string text) {
    drawing_.hovers.emplace_back(id, std::move(text));
  }

  Drawing end() {
    line("}");
    return std::move(drawing_);
  }

 private:
  Drawing drawing_;
};

std::string state_hover(const State& state, const Protocol& protocol) {
  std::string text = state.title + "\nAllows: " + allows_text(state);
  for (const Owing& owing : state.owes) {
    text += "\nOwes: " + owing_text(owing, protocol) + " (" + owing.because + ")";
  }
  return text + "\nSource: " + protocol.source;
}

std::string rule_hover(const Transition& rule, const Protocol& protocol) {
  std::string text = rule.id + "\n" + rule.because + "\nWhen: " + rule.when;
  for (const Owing& owing : rule.owe) {
    text += "\nOwes: " + owing_text(owing, protocol) + " (" + owing.because + ")";
  }
  return text + "\nSource: " + rule.source;
}

void add_state(Dot& dot, const std::string& node, const State& state, const Protocol& protocol) {
  const auto [fill, border] = colours(state.allows);
  std::string label = dot_escaped(state.name) + "\\n" + dot_escaped(allows_text(state));
  for (const Owing& owing : state.owes) {
    label += "\\n" + wrapped(owing_text(owing, protocol), kLabelColumns, "\\n");
  }
  dot.line(fmt::format("{} [id=\"{}\" label=\"{}\" fillcolor=\"{}\" color=\"{}\"];", node, node,
                       label, fill, border));
  dot.hover(node, state_hover(state, protocol));
}

// Rules between the same two states share an arrow.
using Arrows = std::map<std::pair<int, int>, std::vector<const Transition*>>;
Arrows arrows_of(const Region& region) {
  Arrows arrows;
  for (const Transition& rule : region.transitions) arrows[{rule.from, rule.to}].push_back(&rule);
  return arrows;
}

bool stops(const Region& region, int state) {
  return region.states[static_cast<std::size_t>(state)].allows == Permission::kStopped;
}

// Rules that lead from almost everywhere to a stop would be a thicket of arrows: they are told
// once, beside the state, with the states that they leave.
struct Shared {
  const Transition* rule;
  std::vector<int> from;
};
std::vector<Shared> shared_stops(const Region& region) {
  std::vector<Shared> shared;
  for (const Transition& rule : region.transitions) {
    if (!stops(region, rule.to)) continue;
    const auto same = std::find_if(shared.begin(), shared.end(),
                                   [&](const Shared& one) { return one.rule->id == rule.id; });
    if (same == shared.end()) {
      shared.push_back({&rule, {rule.from}});
    } else {
      same->from.push_back(rule.from);
    }
  }
  std::erase_if(shared, [](const Shared& one) { return one.from.size() < 3; });
  return shared;
}

bool is_shared(const std::vector<Shared>& shared, const Transition& rule) {
  return std::any_of(shared.begin(), shared.end(),
                     [&](const Shared& one) { return one.rule->id == rule.id; });
}

void add_shared(Dot& dot, const std::string& prefix, const Region& region,
                const std::vector<Shared>& shared, const Protocol& protocol) {
  for (std::size_t i = 0; i < shared.size(); ++i) {
    std::vector<std::string> from;
    for (const int state : shared[i].from) {
      from.push_back(region.states[static_cast<std::size_t>(state)].name);
    }
    const std::string node = fmt::format("{}any{}", prefix, i);
    dot.line(
        fmt::format("{} [id=\"{}\" shape=note style=filled fillcolor=\"#f4f4f4\" "
                    "color=\"#888888\" fontsize=10 label=\"{}\\nfrom {}\"];",
                    node, node, wrapped(guard_in_words(*shared[i].rule, protocol), 38, "\\n"),
                    wrapped(join(from, ", "), 38, "\\n")));
    dot.hover(node, rule_hover(*shared[i].rule, protocol));
    dot.line(fmt::format("{} -> {}s{} [style=dashed];", node, prefix, shared[i].rule->to));
  }
}

void add_region(Dot& dot, const std::string& prefix, const Region& region,
                const Protocol& protocol) {
  for (std::size_t s = 0; s < region.states.size(); ++s) {
    add_state(dot, fmt::format("{}s{}", prefix, s), region.states[s], protocol);
  }
  dot.line(fmt::format("{}start [shape=point width=0.14 label=\"\"];", prefix));
  dot.line(fmt::format("{}start -> {}s{};", prefix, prefix, region.initial));
  const std::vector<Shared> shared = shared_stops(region);
  add_shared(dot, prefix, region, shared, protocol);
  for (const auto& [ends, rules] : arrows_of(region)) {
    std::vector<std::string> labels, hovers;
    for (const Transition* rule : rules) {
      if (is_shared(shared, *rule)) continue;
      labels.push_back(
          kMargin +
          wrapped(guard_in_words(*rule, protocol), kLabelColumns, "\\l" + std::string(kMargin)) +
          "\\l");
      hovers.push_back(rule_hover(*rule, protocol));
    }
    if (labels.empty()) continue;
    const std::string id = fmt::format("{}e{}_{}", prefix, ends.first, ends.second);
    dot.line(fmt::format("{}s{} -> {}s{} [id=\"{}\" label=\"{}\"];", prefix, ends.first, prefix,
                         ends.second, id, join(labels, kMargin + std::string("or\\l"))));
    dot.hover(id, join(hovers, "\n\n"));
  }
}

std::string times_text(const protocol::Schedule& schedule) {
  if (schedule.every == 0) {
    const Minutes first = schedule.at.front();
    return fmt::format("{} planned times, from {} to {}", schedule.at.size(),
                       first == 0 ? "the first dose" : duration_text(first),
                       duration_text(schedule.at.back()));
  }
  std::string text = "every " + duration_text(schedule.every) + " from " +
                     (schedule.from == 0 ? "the first dose" : duration_text(schedule.from));
  if (schedule.until > 0) text += " to " + duration_text(schedule.until);
  return text;
}

void add_schedules(Dot& dot, const Protocol& protocol) {
  for (std::size_t i = 0; i < protocol.schedules.size(); ++i) {
    const protocol::Schedule& schedule = protocol.schedules[i];
    const protocol::Panel& panel = protocol.panels[static_cast<std::size_t>(schedule.panel)];
    const std::string node = fmt::format("plan{}", i);
    dot.line(fmt::format(
        "{} [id=\"{}\" shape=box style=filled fillcolor=\"#dbe9f6\" "
        "color=\"#2b5c8a\" label=\"{}\\n{}\"];",
        node, node, dot_escaped(panel.title), wrapped(times_text(schedule), kLabelColumns, "\\n")));
    dot.hover(node, schedule.id + "\nCounts when drawn within " + duration_text(schedule.window) +
                        " of its time\nSource: " + schedule.source);
    dot.line(node + " -> facts;");
  }
}

void add_outcomes(Dot& dot) {
  dot.line(
      "decide [id=\"decide\" shape=diamond style=filled fillcolor=\"#f4f4f4\" margin=\"0.02\" "
      "label=\"the most\\nrestrictive\\nregion wins\"];");
  dot.hover("decide",
            "Regions run side by side. A rule towards a more restrictive state that cannot be "
            "answered for want of a reading withholds the dose.");
  const std::pair<Permission, const char*> outcomes[] = {
      {Permission::kFull, "give the dose"},
      {Permission::kReduced, "give a reduced dose"},
      {Permission::kWithheld, "withhold, tests are owed"},
      {Permission::kStopped, "stop for good"}};
  for (const auto& [permission, text] : outcomes) {
    const auto [fill, border] = colours(permission);
    const std::string node = "out_" + to_text(permission);
    dot.line(
        fmt::format("{} [label=\"{}\" fillcolor=\"{}\" color=\"{}\"];", node, text, fill, border));
    dot.line("decide -> " + node + ";");
  }
}

// States only, each once, coloured: the drawing of the region has its rules.
void add_cluster(Dot& dot, const Protocol& protocol, std::size_t index) {
  const Region& region = protocol.regions[index];
  const std::string prefix = fmt::format("r{}", index);
  dot.line(
      fmt::format("subgraph cluster_{} {{ label=\"{}\"; fontsize=13; color=\"#888888\"; "
                  "style=rounded; margin=14;",
                  prefix, dot_escaped(region.title)));
  for (std::size_t s = 0; s < region.states.size(); ++s) {
    const auto [fill, border] = colours(region.states[s].allows);
    const std::string node = fmt::format("{}s{}", prefix, s);
    dot.line(fmt::format("{} [id=\"{}\" label=\"{}\" fillcolor=\"{}\" color=\"{}\"];", node, node,
                         dot_escaped(region.states[s].name), fill, border));
    dot.hover(node, state_hover(region.states[s], protocol));
  }
  for (const auto& [ends, rules] : arrows_of(region)) {
    const std::string id = fmt::format("{}e{}_{}", prefix, ends.first, ends.second);
    dot.line(fmt::format("{}s{} -> {}s{} [id=\"{}\" color=\"#888888\" arrowsize=0.6];", prefix,
                         ends.first, prefix, ends.second, id));
    std::vector<std::string> hovers;
    for (const Transition* rule : rules) {
      hovers.push_back(guard_in_words(*rule, protocol) + "\n" + rule_hover(*rule, protocol));
    }
    dot.hover(id, join(hovers, "\n\n"));
  }
  dot.line("}");
}

}  // namespace

Drawing draw_region(const Protocol& protocol, int index) {
  const Region& region = protocol.regions[static_cast<std::size_t>(index)];
  Dot dot(protocol.name + "-" + region.name);
  dot.begin(protocol.title + ": " + region.title, "TB");
  add_region(dot, "", region, protocol);
  return dot.end();
}

Drawing draw_workflow(const Protocol& protocol) {
  Dot dot(protocol.name);
  dot.begin(protocol.title, "LR");
  dot.line("compound=true;");
  dot.line(
      "facts [shape=box style=filled fillcolor=\"#f4f4f4\" color=\"#888888\" "
      "label=\"readings, signs\\nand doses\"];");
  add_schedules(dot, protocol);
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    add_cluster(dot, protocol, r);
    const Region& region = protocol.regions[r];
    const std::size_t last = region.states.size() - 1;
    dot.line(fmt::format("facts -> r{}s{} [lhead=cluster_r{}];", r, region.initial, r));
    dot.line(fmt::format("r{}s{} -> decide [ltail=cluster_r{}];", r, last, r));
  }
  add_outcomes(dot);
  return dot.end();
}

std::string with_hovers(std::string svg, const Drawing& drawing) {
  for (const auto& [id, text] : drawing.hovers) {
    const std::size_t group = svg.find("<g id=\"" + id + "\"");
    if (group == std::string::npos) continue;
    const std::size_t begin = svg.find("<title>", group);
    const std::size_t end = svg.find("</title>", group);
    if (begin == std::string::npos || end == std::string::npos || begin > end) continue;
    svg.replace(begin + 7, end - begin - 7, escaped(text));
  }
  return svg;
}

}  // namespace dosewright::draw
