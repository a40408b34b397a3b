#include <CLI/CLI.hpp>
#include <memory>

#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/decide/answer.hpp"
#include "dosewright/programme/programme.hpp"

namespace dosewright::cli {

namespace {

struct DecideOptions {
  std::string directory, patient, subject, at, profile, regimen, jurisdiction, explain;
  std::vector<std::string> limits, what_ifs;
  bool json = false;
};

class DecideCommand {
 public:
  explicit DecideCommand(const DecideOptions& options) : options_(options) {}

  int run() {
    const Result<Minutes> at = exchange::parse_wall_clock(options_.at);
    if (!at.ok()) {
      return fail(Faults({{"--at", 0, 0}, at.faults()[0].message, at.faults()[0].hint, ""}),
                  options_.json);
    }
    auto programme = programme::load_programme(options_.directory);
    if (!programme.ok()) return fail(programme.faults(), options_.json);
    question_ = {&*programme, options_.profile, options_.regimen, options_.jurisdiction, *at};
    request_.path = options_.patient;
    request_.subject = options_.subject;
    request_.at = *at;
    request_.whole_day = is_day(options_.at);
    request_.limits = options_.limits;
    return decide();
  }

 private:
  static bool is_day(const std::string& at) {
    return at.size() == std::string("2013-06-01").size();
  }

  Result<decide::Answer> answer() const {
    std::atomic<std::int64_t> read{0};
    auto request = request_;
    request.read = &read;
    const CountLine line(read, "entries");
    DW_TRY(patient, decide::read_patient(*question_.programme, request));
    return decide::answer(question_, patient);
  }

  int decide() {
    const auto plain = answer();
    if (!plain.ok()) return fail(plain.faults(), options_.json);
    if (options_.what_ifs.empty()) return tell(*plain, "");
    request_.what_ifs = options_.what_ifs;
    for (const std::string& text : options_.what_ifs) move_on(text);
    const auto changed = answer();
    if (!changed.ok()) return fail(changed.faults(), options_.json);
    std::string head = "WHAT IF";
    for (const std::string& text : options_.what_ifs) head += " " + text + ";";
    head += " not in the patient's file\nwithout it, at " + exchange::clock_text(plain->at) + ": " +
            decide::to_text(plain->order.action) + "\n\n";
    return tell(*changed, head);
  }

  // A thought-up fact after the instant of the question moves that instant.
  void move_on(const std::string& what_if) {
    const std::size_t mark = what_if.rfind('@');
    if (mark == std::string::npos) return;
    const auto at = exchange::parse_wall_clock(std::string_view(what_if).substr(mark + 1));
    if (!at.ok() || *at <= request_.at) return;
    question_.at = request_.at = *at;
    request_.whole_day = is_day(what_if.substr(mark + 1));
  }

  int tell(const decide::Answer& answer, const std::string& head) const {
    if (!options_.explain.empty()) {
      const auto text = decide::explain_text(question_, answer, options_.explain);
      if (!text.ok()) return fail(text.faults(), options_.json);
      print(head + *text + "\n" + kDisclaimer + "\n");
    } else if (options_.json) {
      print(decide::answer_json(answer));
    } else {
      print(head + decide::answer_text(answer) + "\n" + kDisclaimer + "\n");
    }
    return kExitDone;
  }

  const DecideOptions& options_;
  decide::Question question_;
  decide::PatientRequest request_;
};

}  // namespace

void add_decide_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("decide", "one patient: the next dose, what is owed, and why");
  const auto options = std::make_shared<DecideOptions>();
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command
      ->add_option("--patient", options->patient,
                   "own CSV or JSON, a FHIR R4 Bundle (.json), or a folder of SDTM files")
      ->required();
  command->add_option("--at", options->at, "the day, or day and time, that is asked about")
      ->required();
  command->add_option("--profile", options->profile, "a protocol of the programme by name");
  command->add_option("--regimen", options->regimen, "a regimen of the programme by id");
  command->add_option("--jurisdiction", options->jurisdiction, "where supply is judged: EU, US");
  command->add_option("--subject", options->subject, "SDTM: the USUBJID of the patient");
  command->add_option("--uln", options->limits,
                      "a laboratory's limit for readings that bring none: \"ALT=41 U/L\"");
  command->add_option("--what-if", options->what_ifs,
                      "a test, sign or medicine in thought (forms below); may be repeated");
  command->add_option("--explain", options->explain, "only this rule, with all that it sees");
  command->add_flag("--json", options->json, "print JSON (docs/decide.schema.json)");
  command->callback([options, &exit_code] { exit_code = DecideCommand(*options).run(); });
  command->footer(
      "Examples:\n"
      "  dosewright decide programmes/NAME --patient patient.csv --at 2013-06-01\n"
      "  dosewright decide programmes/NAME --patient bundle.json --at 2013-06-01 "
      "--jurisdiction EU\n"
      "  dosewright decide programmes/NAME --patient patient.csv --at 2013-06-01 "
      "--explain hepatic.confirm\n"
      "A test, a sign, or another medicine in thought, with --what-if:\n"
      "  \"ALT=150 U/L@2013-06-02\"                  a test; \"ALT=5 ULN@...\": of the latest "
      "limit\n"
      "  \"dose=200 mg@2013-06-02\"                  of the programme's drug; \"missed@...\"\n"
      "  \"jaundice@2013-06-02\"                     a sign; \"jaundice=no@...\": absent\n"
      "  \"weight=48 kg@2013-06-02\"                 a quantity\n"
      "  \"doxycycline=200 mg@2013-06-02\"           a medicine on that day alone\n"
      "  \"paracetamol=4.5 g/d 3 d/wk@2013-06-02\"   from that day on, on 3 days a week\n"
      "Exit code 0: decided. 2: the file or the command has faults; nothing is decided on half a "
      "file.");
}

}  // namespace dosewright::cli
