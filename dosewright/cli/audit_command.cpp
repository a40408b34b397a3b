#include <CLI/CLI.hpp>
#include <memory>

#include "dosewright/audit/tables.hpp"
#include "dosewright/base/file.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"

namespace dosewright::cli {

namespace {

struct AuditOptions {
  std::string directory, out, grace = "0 d", window = "30 d";
  audit::Request request;
  bool json = false;
};

// A time given on the command line: whole days, or anything with a unit of time.
Result<Minutes> time_of(const char* option, const std::string& text) {
  const Fault fault{
      {"command line", 0, 0},
      std::string(option) + ": expected a time from 0 to 100 years, found '" + text + "'",
      "write \"3 d\"",
      ""};
  const Result<Measure> measure = parse_measure(text);
  if (!measure.ok() || measure->unit.dimension != parse_unit("h")->dimension) return fault;
  const Result<Minutes> minutes = minutes_from_hours(measure->canonical);
  if (!minutes.ok() || *minutes < 0 || *minutes > protocol::kLongestTime) return fault;
  return *minutes;
}

class AuditCommand {
 public:
  explicit AuditCommand(AuditOptions& options) : options_(options) {}

  int run() {
    Faults faults;
    options_.request.grace = keep_or<Minutes>(time_of("--grace", options_.grace), 0, faults);
    options_.request.window =
        keep_or<Minutes>(time_of("--hys-law-window", options_.window), 0, faults);
    if (!faults.empty()) return refuse(faults);
    auto programme = programme::load_programme(options_.directory);
    if (!programme.ok()) return refuse(programme.faults());
    if (const auto writable = probe_directory(options_.out); !writable.ok()) {
      return refuse(writable.faults());
    }
    options_.request.programme = &*programme;
    const auto found = audit();
    if (!found.ok()) return refuse(found.faults());
    if (found->interrupted) {
      print_error("interrupted: nothing was written");
      return kExitInterrupted;
    }
    return write(*found);
  }

 private:
  int refuse(const Faults& faults) const {
    options_.json ? print(faults_json(faults)) : print_faults(faults);
    return kExitBadInput;
  }

  Result<audit::Audit> audit() {
    std::atomic<std::int64_t> rows{0};
    options_.request.rows = &rows;
    const InterruptGuard guard;
    options_.request.stop = &InterruptGuard::flag();
    const CountLine line(rows, "rows");
    return audit::run(options_.request);
  }

  int write(const audit::Audit& found) const {
    const std::string summary = audit::summary_json(found);
    FileSet files(options_.out);
    files.add("deviations.csv",
              [&](const audit::Put& put) { return audit::write_deviations_csv(found, put); });
    files.add("subjects.csv", audit::subjects_csv(found));
    files.add("candidates.csv", audit::candidates_csv(found));
    files.add("study.csv", audit::study_csv(found));
    files.add("summary.json", summary);
    files.add("audit.html", audit::audit_html(found));
    if (const auto fault = audit::findings_fault(found)) return refuse(Faults(*fault));
    if (const auto committed = files.commit(); !committed.ok()) {
      const auto fault = audit::findings_fault(found);
      return refuse(fault ? Faults(*fault) : committed.faults());
    }
    if (options_.json) {
      print(summary);
    } else {
      print(audit::summary_text(found) + "\nwritten to " + options_.out +
            ": deviations.csv subjects.csv candidates.csv study.csv summary.json audit.html\n" +
            audit::kDisclaimer + "\n");
    }
    return kExitDone;
  }

  AuditOptions& options_;
};

void add_files(CLI::App* command, audit::Request& request) {
  command->add_option("--lb", request.lb, "laboratory results (CSV or SAS transport, by content)")
      ->required();
  command->add_option("--dm", request.dm,
                      "demographics: site, arm, begin and end of participation");
  command->add_option("--ex", request.ex, "exposure: doses; EXDOSFRQ says how often in a row");
  command->add_option("--ae", request.ae, "adverse events: symptoms, noted other causes");
  command->add_option("--cm", request.cm, "other medicines");
  command->add_option("--ds", request.ds, "disposition: the end of treatment");
}

}  // namespace

void add_audit_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "audit", "a study: where were its subjects treated otherwise than a protocol asks?");
  const auto options = std::make_shared<AuditOptions>();
  audit::Request& request = options->request;
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  add_files(command, request);
  command->add_option("--profile", request.profile, "a protocol of the programme by name");
  command->add_option("--regimen", request.regimen, "a regimen of the programme by id");
  command->add_option("--arm", request.arms,
                      "ARM=REGIMEN: the regimen of an arm of DM, by id; may be repeated");
  command->add_option("--region", request.regions,
                      "only this region of the protocol, and the tests it reads; may be repeated");
  command->add_option("--treatment", request.treatments,
                      "a name in EXTRT whose doses count as the programme's drug; may be repeated");
  command->add_option("--uln", request.limits,
                      "a laboratory's limit for readings that bring none: \"ALT=41 U/L\"");
  command->add_option("--alternative", request.alternatives,
                      "a further term that explains a liver injury otherwise; may be repeated");
  command->add_option("--grace", options->grace,
                      "so much later than due is not yet late (default 0 d)");
  command->add_option("--hys-law-window", options->window,
                      "bilirubin counts this long after ALT or AST (default 30 d)");
  command
      ->add_option("--hys-law-alp", request.phosphatase,
                   "alkaline phosphatase from this multiple of its limit on speaks for another "
                   "injury (default 2)")
      ->check(CLI::Range(0.0, 1000.0))
      ->check(refuse_nan);
  command->add_flag("--absent-by-subject", request.absent_by_subject,
                    "tests that the study never measured: list them for each subject, too");
  command->add_option("--out", options->out, "folder for audit.html, summary.json and tables")
      ->required();
  command->add_flag("--json", options->json, "print summary.json instead of text");
  command->callback([options, &exit_code] { exit_code = AuditCommand(*options).run(); });
  command->footer(
      "Examples:\n"
      "  dosewright audit programmes/NAME --lb lb.xpt --dm dm.xpt --ex ex.xpt --out out/audit\n"
      "  dosewright audit programmes/NAME --lb lb.csv --ex ex.csv --treatment \"OTHER DRUG\" \\\n"
      "    --treatment PLACEBO --region hepatic --grace \"3 d\" --out out/audit\n"
      "Exit code 0: audited, whatever was found. 2: bad input, or output that cannot be written. "
      "130: interrupted.\n"
      "A subject whose rows lack a unit or a limit is reported as not judged, with the row.");
}

}  // namespace dosewright::cli
