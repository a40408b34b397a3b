#include <CLI/CLI.hpp>
#include <memory>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/draw/chart.hpp"
#include "dosewright/draw/graphviz.hpp"
#include "dosewright/programme/programme.hpp"

namespace dosewright::cli {

namespace {

struct DrawOptions {
  std::string directory, profile, out;
};

std::vector<draw::Drawing> drawings_of(const protocol::Protocol& protocol) {
  std::vector<draw::Drawing> drawings = {draw::draw_workflow(protocol)};
  for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
    drawings.push_back(draw::draw_region(protocol, static_cast<int>(r)));
  }
  return drawings;
}

int run_draw(const DrawOptions& options) {
  const auto programme = programme::load_programme(options.directory);
  if (!programme.ok()) return fail(programme.faults());
  FileSet files(options.out);
  std::vector<std::string> names, profiles;
  for (const protocol::Protocol& protocol : programme->protocols) {
    profiles.push_back(protocol.name);
    if (!options.profile.empty() && protocol.name != options.profile) continue;
    for (const draw::Drawing& drawing : drawings_of(protocol)) {
      auto svg = draw::svg_of(drawing.dot);
      if (!svg.ok()) return fail(svg.faults());
      names.push_back(drawing.name + ".svg");
      files.add(names.back(), draw::with_hovers(std::move(*svg), drawing));
    }
  }
  if (names.empty()) {
    return fail(Faults({{"command line", 0, 0},
                        "no profile '" + options.profile + "' in " + options.directory,
                        "there are: " + join(profiles, ", "),
                        {}}));
  }
  if (const auto written = files.commit(); !written.ok()) return fail(written.faults());
  print("written to " + options.out + ": " + join(names, " ") + "\n" + kDisclaimer + "\n");
  return kExitDone;
}

}  // namespace

void add_draw_command(CLI::App& programme_group, int& exit_code) {
  const auto options = std::make_shared<DrawOptions>();
  CLI::App* command = programme_group.add_subcommand(
      "draw", "draw the statechart of each region, and the whole protocol, as SVG");
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command->add_option("--profile", options->profile, "one protocol by NAME; else all of them");
  command->add_option("--out", options->out, "folder for the drawings")->required();
  command->callback([options, &exit_code] { exit_code = run_draw(*options); });
  command->footer(
      "Example: dosewright programme draw programmes/NAME --profile label --out "
      "out/drawings\n"
      "A drawing for each region, and PROFILE.svg for the whole. Rest the pointer on a state or "
      "an\n"
      "arrow for its rule and source. Exit code 0: done. 2: bad input, no Graphviz, or output "
      "that\n"
      "cannot be written.");
}

}  // namespace dosewright::cli
