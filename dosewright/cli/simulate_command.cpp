#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/simulate/run.hpp"

namespace dosewright::cli {

namespace {

struct SimulateOptions {
  std::string model, params, data, out;
  std::string covariates = "nocb", format = "csv", random = "none", solver = "auto", comment;
  std::vector<std::string> outputs, ignore, keep, columns;
  std::int64_t seed = 1, threads = 0;
  double tolerance = 1e-9;
  bool json = false;
};

int refuse(const Faults& faults, bool json) {
  if (json) print(faults_json(faults));
  print_faults(faults);
  return kExitBadInput;
}

void add_fault(Faults& faults, std::string message, std::string hint) {
  faults.add({"command line", 0, 0}, std::move(message), std::move(hint));
}

void check_choice(Faults& faults, const char* name, const std::string& found,
                  const std::vector<std::string>& choices) {
  if (std::ranges::find(choices, found) != choices.end()) return;
  add_fault(
      faults,
      fmt::format("{} must be one of {}, found '{}'", name, join(choices, ", "), shown_text(found)),
      "");
}

// "a,b" and a,b given one by one are the same list.
std::vector<std::string> names_in(const std::vector<std::string>& texts) {
  std::vector<std::string> names;
  for (const std::string& text : texts) {
    for (const std::string_view name : split(text, ',')) {
      if (!trim(name).empty()) names.emplace_back(trim(name));
    }
  }
  return names;
}

Faults faults_of(const SimulateOptions& options) {
  Faults faults;
  check_choice(faults, "--covariates", options.covariates, {"nocb", "locf"});
  check_choice(faults, "--format", options.format, {"csv", "json"});
  check_choice(faults, "--random", options.random, {"none", "subjects", "residual", "all"});
  check_choice(faults, "--solver", options.solver, {"auto", "adaptive"});
  if (!(options.tolerance >= 1e-12 && options.tolerance <= 1e-2)) {
    add_fault(faults,
              fmt::format("--tol must lie between 1e-12 and 1e-2, found {}", options.tolerance),
              "it is relative; 1e-9 is the default");
  }
  if (options.threads < 0 || options.threads > 1024) {
    add_fault(faults,
              fmt::format("--threads must lie between 0 and 1024, found {}", options.threads),
              "0 means one per core");
  }
  if (options.seed < 0) {
    add_fault(faults, fmt::format("--seed must be 0 or more, found {}", options.seed), "");
  }
  if (options.comment.size() > 1) {
    add_fault(faults, "--comment is one character, or @ for lines that begin with a letter", "");
  }
  for (const std::string& column : options.columns) {
    const std::size_t at = column.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == column.size()) {
      add_fault(faults, fmt::format("--column needs NAME=COLUMN, found '{}'", shown_text(column)),
                "as in --column ID=Subject");
    }
  }
  return faults;
}

simulate::Request request_of(const SimulateOptions& options) {
  simulate::Request request;
  request.data = options.data;
  request.out = options.out;
  request.outputs = names_in(options.outputs);
  request.comment = options.comment;
  request.ignore = names_in(options.ignore);
  request.keep = names_in(options.keep);
  for (const std::string& column : options.columns) {
    const std::size_t at = column.find('=');
    request.columns.emplace_back(column.substr(0, at), column.substr(at + 1));
  }
  request.carry =
      options.covariates == "locf" ? simulate::Carry::kForward : simulate::Carry::kBackward;
  request.format = options.format == "json" ? simulate::Format::kJson : simulate::Format::kCsv;
  request.engine.tolerance = options.tolerance;
  request.engine.path = options.solver == "adaptive" ? sim::Path::kAdaptive : sim::Path::kBest;
  request.random_subjects = options.random == "subjects" || options.random == "all";
  request.random_readings = options.random == "residual" || options.random == "all";
  request.seed = static_cast<std::uint64_t>(options.seed);
  request.threads = static_cast<int>(options.threads);
  request.stop = &InterruptGuard::flag();
  return request;
}

std::string summary_json(const simulate::Summary& summary, const SimulateOptions& options) {
  nlohmann::json failures = nlohmann::json::array();
  for (const simulate::FailedSubject& failure : summary.failures) {
    failures.push_back({{"id", failure.id}, {"row", failure.row}, {"reason", failure.reason}});
  }
  return nlohmann::json{{"out", options.out},
                        {"subjects", summary.subjects},
                        {"records", summary.records},
                        {"failed_subjects", summary.failed_subjects},
                        {"failures", failures},
                        {"columns", summary.columns},
                        {"solution", summary.exact ? "exact" : "adaptive"},
                        {"note", kDisclaimer}}
             .dump(2) +
         "\n";
}

std::string summary_text(const simulate::Summary& summary, const SimulateOptions& options) {
  return fmt::format("{} subjects, {} records, {} failed; {}\nwritten to {}: {}\n{}\n",
                     summary.subjects, summary.records, summary.failed_subjects,
                     summary.exact
                         ? "a linear model, solved exactly"
                         : fmt::format("adaptive steps at a relative {}", options.tolerance),
                     options.out, join(summary.columns, " "), kDisclaimer);
}

int simulate_dataset(const SimulateOptions& options) {
  if (const Faults faults = faults_of(options); !faults.empty())
    return refuse(faults, options.json);
  const auto source = simulate::load_model(options.model, options.params);
  if (!source.ok()) return refuse(source.faults(), options.json);
  const InterruptGuard guard;
  const auto summary = simulate::run(*source, request_of(options));
  if (!summary.ok()) return refuse(summary.faults(), options.json);
  if (summary->interrupted) {
    print_error("interrupted: nothing was written");
    return kExitInterrupted;
  }
  print(options.json ? summary_json(*summary, options) : summary_text(*summary, options));
  for (const simulate::FailedSubject& failure : summary->failures) {
    print_error(
        fmt::format("subject {}: from row {} on: {}", failure.id, failure.row, failure.reason));
  }
  return summary->failed_subjects > 0 ? kExitFailed : kExitDone;
}

constexpr const char* kFooter =
    "Columns: ID TIME [AMT RATE II ADDL SS EVID CMT DV MDV], as NONMEM means them; TIME in hours,\n"
    "AMT in the unit of the compartment. Further columns are covariates, parameters (CL, V ...),\n"
    "and F1 ALAG1 R1 D1: how doses enter compartment 1. '.' is missing.\n"
    "Without --random every subject is the typical one for its covariates. With it, "
    "between-subject\n"
    "variability and assay error are drawn from --seed, subject by subject.\n"
    "Examples:\n"
    "  dosewright simulate --model pk1_oral --data doses.csv --out predictions.csv\n"
    "  dosewright simulate --model pk2 --params mine.toml --data d.csv --out p.csv --outputs all\n"
    "  dosewright simulate --model programmes/NAME --data d.csv --out p.csv --random all\n"
    "Models of the library: pk1 pk1_oral pk2 pk2_oral pk3 pk3_oral. All of it: docs/simulate.md\n"
    "Exit code 0: done. 1: the numbers of some subjects failed, their predictions are missing.\n"
    "2: bad input, nothing was written. 130: interrupted, nothing was written.";

}  // namespace

void add_simulate_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("simulate", "predictions for a NONMEM-style dataset under a model");
  const auto options = std::make_shared<SimulateOptions>();
  const auto option = [command](const char* name, auto& target, const char* help) {
    return command->add_option(name, target, help);
  };
  option("--model", options->model, "a programme's folder, a file of equations, or a library name")
      ->required();
  option("--params", options->params, "a TOML file of parameters: CL = \"5 L/h\"");
  option("--data", options->data, "the dataset, comma-separated")->required();
  option("--out", options->out, "where the predictions go")->required();
  option("--outputs", options->outputs,
         "what to put out: compartments, definitions, parameters, by name, or all");
  option("--covariates", options->covariates,
         "nocb: a value holds since the record before it (NONMEM); locf: until the next");
  option("--column", options->columns, "NAME=COLUMN: read ID, TIME, WT ... from another column");
  option("--ignore", options->ignore, "a column to leave out");
  option("--keep", options->keep, "a column to carry to the output as it is");
  option("--comment", options->comment,
         "skip lines that begin with this character (default #); @: with a letter or @");
  option("--random", options->random, "none, subjects, residual (columns DV_*), all");
  option("--seed", options->seed, "of all random numbers (default 1)");
  option("--tol", options->tolerance, "relative tolerance of adaptive steps (default 1e-9)");
  option("--solver", options->solver, "auto: exact where the model is linear; adaptive: steps");
  option("--threads", options->threads, "0: one per core; the results do not depend on it");
  option("--format", options->format, "csv or json");
  command->add_flag("--json", options->json, "print the summary, or the faults, as JSON");
  command->callback([options, &exit_code] { exit_code = simulate_dataset(*options); });
  command->footer(kFooter);
}

}  // namespace dosewright::cli
