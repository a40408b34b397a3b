#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/programme/programme.hpp"

namespace dosewright::programme {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = DOSEWRIGHT_ROOT;
const std::string kSmall = kRoot + "/tests/data/programme_small";

// A copy of the small programme in a folder of its own, to be spoilt.
class Copy {
 public:
  Copy() {
    static int number = 0;
    folder_ = fs::temp_directory_path() / ("dosewright_load_test_" + std::to_string(::getpid()) +
                                           "_" + std::to_string(++number));
    fs::remove_all(folder_);
    fs::copy(kSmall, folder_, fs::copy_options::recursive);
  }
  ~Copy() { fs::remove_all(folder_); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  std::string path(const std::string& file = "") const { return (folder_ / file).string(); }

  void write(const std::string& file, const std::string& text) const {
    std::ofstream(path(file), std::ios::binary) << text;
  }
  void change(const std::string& file, const std::string& from, const std::string& to) const {
    std::string text = *read_text(path(file));
    const std::size_t at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, file << " does not hold " << from);
    write(file, text.replace(at, from.size(), to));
  }
  void append(const std::string& file, const std::string& text) const {
    write(file, *read_text(path(file)) + text);
  }

 private:
  fs::path folder_;
};

bool says(const Faults& faults, const std::string& part) {
  const std::string text = to_text(faults);
  const bool found = text.find(part) != std::string::npos;
  CHECK_MESSAGE(found, "expected '" << part << "' in:\n" << text);
  return found;
}

// The programme has this one fault and no other.
void has_only(const Copy& copy, const std::string& part) {
  const Faults faults = check_programme(copy.path());
  CHECK_MESSAGE(faults.size() == 1, to_text(faults));
  says(faults, part);
}

void spoilt(const std::string& file, const std::string& from, const std::string& to,
            const std::string& part) {
  const Copy copy;
  copy.change(file, from, to);
  has_only(copy, part);
}

// "file:line | part of the message", one a line.
struct Expected {
  std::string place, part;
};

std::vector<Expected> read_expected(const std::string& path) {
  std::vector<Expected> expected;
  const std::string text = *read_text(path);
  for (std::string_view line : split(text, '\n')) {
    if (trim(line).empty() || line.starts_with('#')) continue;
    const std::size_t bar = line.find(" | ");
    REQUIRE(bar != std::string_view::npos);
    expected.push_back({std::string(line.substr(0, bar)), std::string(line.substr(bar + 3))});
  }
  return expected;
}

}  // namespace

TEST_CASE("a whole programme is read") {
  const Result<Programme> loaded = load_programme(kSmall);
  REQUIRE_MESSAGE(loaded.ok(), to_text(loaded.faults()));
  const Programme& programme = *loaded;
  CHECK(programme.identity.name == "small");
  CHECK(programme.status("US") == "approved");
  CHECK(programme.status("EU").empty());
  CHECK(programme.formulation.dose_mg == doctest::Approx(100));
  CHECK(programme.storage[0].high_celsius == doctest::Approx(8));
  REQUIRE(programme.regimen("100mg-qw") != nullptr);
  REQUIRE(programme.protocol("label") != nullptr);
  CHECK(programme.protocol("study") == nullptr);
  CHECK(programme.analyte("LDL") == 1);
  CHECK(programme.analyte("XYZ") == -1);
  CHECK(programme.model.lab("LDL") >= 0);
  CHECK(programme.evidence.size() == 3);
  CHECK(programme.designs == std::vector<std::string>{"t1"});
  REQUIRE(programme.molecule.has_value());
  CHECK(programme.molecule->mass_acid == doctest::Approx(1368.1));
  CHECK(check_programme(kSmall).empty());
}

TEST_CASE("a programme with 12 faults in 5 files reports all 12, at their places") {
  const std::string folder = kRoot + "/tests/data/programme_twelve_faults";
  const std::vector<Expected> expected = read_expected(folder + "/expected.txt");
  REQUIRE(expected.size() == 12);
  const Faults faults = check_programme(folder);
  CHECK_MESSAGE(faults.size() == 12, to_text(faults));
  for (const Expected& one : expected) {
    const bool found = std::ranges::any_of(faults, [&](const Fault& fault) {
      return to_text(fault.place).find("/" + one.place) != std::string::npos &&
             fault.message.find(one.part) != std::string::npos;
    });
    CHECK_MESSAGE(found, "not reported: " << one.place << " " << one.part << "\n"
                                          << to_text(faults));
  }
}

TEST_CASE("wrong units are faults where they stand") {
  spoilt("parameters.toml", "\"3 L/h\"", "\"3 L\"", "model.txt:3");
  spoilt("labs.toml", "\"40 U/L\"", "\"40 mg/L\"", "labs.toml:6");
  spoilt("regimens.toml", "\"100 mg\"", "\"100 mL\"", "regimens.toml:4");
  spoilt("programme.toml", "\"100 mg/mL\"", "\"100 mg\"", "programme.toml:19");
  spoilt("observations.toml", "output = \"p_isr\"", "output = \"p_isr\"\ndelay = \"2 mg\"",
         "observations.toml:6");
}

TEST_CASE("a protocol may not ask for a test that no model observes") {
  spoilt("protocol/label.toml", "tests = [\"ALT\"]", "tests = [\"ALT\", \"PLT\"]",
         "protocol 'label' asks for 'PLT', which no model observes");
}

TEST_CASE("a test that no lab knows is a fault of the protocol") {
  const Copy copy;
  copy.change("protocol/label.toml", "tests = [\"ALT\"]", "tests = [\"ALT\", \"CRP\"]");
  says(check_programme(copy.path()), "CRP");
}

TEST_CASE("sources are known, and used") {
  spoilt("regimens.toml", "\"Label, dosing\"", "\"Lable, dosing\"", "did you mean 'Label'?");
  spoilt("designs/t1.toml", "Paper20", "Paper30", "did you mean 'Paper20'?");
  spoilt("labs.toml", "\"Label, limits\"", "\"Lebel, limits\"", "labs.toml:7");
  spoilt("evidence/trials.csv", "Paper20 p.8", "Paper80 p.8", "row 3, column 'source'");
  const Copy copy;
  copy.append("programme.toml", "\n[source.More]\ntitle = \"more\"\n");
  has_only(copy, "no statement cites source 'More'");
}

TEST_CASE("cross references between files are checked") {
  spoilt("programme.toml", "protocol = \"label\"", "protocol = \"labels\"",
         "the nearest protocol is 'label'");
  spoilt("eligibility.toml", "[\"label\"]", "[\"study\"]", "unknown protocol 'study'");
  spoilt("eligibility.toml", "kind = \"include\"", "during = \"stop\", kind = \"include\"",
         "expected during");
  spoilt("protocol/label.toml", "name = \"label\"", "name = \"other\"", "must be named 'label'");
  const Copy copy;
  copy.append("observations.toml",
              "\n[[hazard]]\nname = \"h\"\ntitle = \"h\"\noutput = \"h_x\"\nsets_sign = \"rash\"\n"
              "source = \"Label\"\n");
  copy.append("model.txt", "h_x [1/wk] = isr * kalt\n");
  has_only(copy, "no protocol knows the sign 'rash'");
}

namespace {

constexpr const char* kDerived =
    "name = \"trial\"\ntitle = \"invented trial\"\nsource = \"Paper20\"\n"
    "based_on = \"label\"\nwithout = [\"hepatic.withhold-much\"]\n";

// The label with a second rule that withholds, for a protocol to be without.
void add_second_rule(const Copy& copy) {
  const std::string first = "[[region.hepatic.transition]]\nid = \"hepatic.withhold\"";
  copy.change("protocol/label.toml", first,
              "[[region.hepatic.transition]]\nid = \"hepatic.withhold-much\"\n"
              "from = \"treating\"\nto = \"withheld\"\nwhen = \"ALT >= 5 ULN\"\n"
              "because = \"very high\"\nsource = \"Label, liver\"\ncases = [\n"
              "\"ALT = 4.99 ULN -> withheld\", \"ALT = 5 ULN -> withheld\",\n"
              "\"ALT = 5.01 ULN -> withheld\", \"ALT missing -> treating, no dose\",\n"
              "\"ALT stale -> treating, no dose\"]\n\n" +
                  first);
}

}  // namespace

TEST_CASE("a protocol may be another one without some of its rules") {
  const Copy copy;
  add_second_rule(copy);
  copy.write("protocol/trial.toml", kDerived);
  const Result<Programme> loaded = load_programme(copy.path());
  REQUIRE_MESSAGE(loaded.ok(), to_text(loaded.faults()));
  const protocol::Protocol* trial = loaded->protocol("trial");
  REQUIRE(trial != nullptr);
  CHECK(trial->title == "invented trial");
  CHECK(trial->source == "Paper20");
  CHECK(trial->based_on == "label");
  CHECK(loaded->protocol("label")->regions[0].transitions.size() == 3);
  REQUIRE(trial->regions[0].transitions.size() == 2);
  CHECK(trial->regions[0].transitions[0].id == "hepatic.withhold");
}

TEST_CASE("faults of a derived protocol name the file that is wrong") {
  const auto derived = [](const std::string& from, const std::string& to, const char* part) {
    const Copy copy;
    add_second_rule(copy);
    copy.write("protocol/trial.toml", kDerived);
    copy.change("protocol/trial.toml", from, to);
    has_only(copy, part);
  };
  derived("withhold-much\"", "withhold-mush\"", "did you mean 'hepatic.withhold-much'?");
  derived("\"label\"", "\"labels\"", "did you mean 'label'?");
  derived("\"label\"", "\"trial\"", "'trial' is itself based on another protocol");
  derived("source = \"Paper20\"", "source = \"Paper2\"", "did you mean 'Paper20'?");
  derived("title = ", "titel = \"x\"\ntitle = ", "trial.toml:2");
  derived("hepatic.withhold-much", "hepatic.resume", "is never left");
}

TEST_CASE("a molecule agrees with itself and its target") {
  spoilt("molecule.toml", "\"edde\"", "\"eddx\"", "found 'x' at position 4");
  spoilt("molecule.toml", "\"sso\"", "\"ssoo\"", "expected 3 letters, found 4");
  spoilt("molecule.toml", "methylated = [2]", "methylated = [5]", "from 1 to 4");
  spoilt("molecule.toml", "\"AUGC\"", "\"AUGG\"", "reverse complement is AUGC");
  spoilt("molecule.toml", "last = 14", "last = 15", "do not span the strand");
}

TEST_CASE("missing, unreadable and misspelt files have one fault each") {
  for (const char* file : {"parameters.toml", "model.txt", "labs.toml", "regimens.toml"}) {
    const Copy copy;
    fs::remove(copy.path(file));
    has_only(copy, file);
  }
  for (const char* file : {"programme.toml", "parameters.toml", "labs.toml", "regimens.toml",
                           "observations.toml", "protocol/label.toml", "designs/t1.toml"}) {
    const Copy copy;
    copy.append(file, "\n= no toml\n");
    has_only(copy, file);
  }
  const Copy copy;
  fs::rename(copy.path("eligibility.toml"), copy.path("eligibilty.toml"));
  has_only(copy, "did you mean 'eligibility.toml'?");
}

namespace {

// The small programme without its model, evidence, designs and molecule: rules alone.
void strip_to_rules(const Copy& copy) {
  for (const char* file : {"model.txt", "parameters.toml", "observations.toml", "molecule.toml",
                           "eligibility.toml", "evidence", "designs"}) {
    fs::remove_all(copy.path(file));
  }
  copy.change("labs.toml",
              "model = { output = \"ALT\", within_subject = 0.1, assumed = \"usual\" }\n", "");
  copy.change("labs.toml",
              "model = { output = \"LDL\", within_subject = 0.08, assumed = \"usual\" }\n", "");
}

}  // namespace

TEST_CASE("a programme of rules alone is whole, and says that it cannot be simulated") {
  const Copy copy;
  strip_to_rules(copy);
  const Result<Programme> loaded = load_programme(copy.path());
  REQUIRE_MESSAGE(loaded.ok(), to_text(loaded.faults()));
  CHECK_FALSE(loaded->has_model);
  CHECK(loaded->evidence.empty());
  CHECK_FALSE(loaded->molecule.has_value());
  REQUIRE(loaded->protocol("label") != nullptr);
  CHECK(loaded->protocol("label")->regions[0].transitions.size() == 2);
  const Faults faults = check_simulable(*loaded);
  CHECK(faults.size() == 1);
  says(faults, "'small' has no model");
  CHECK(check_simulable(*load_programme(kSmall)).empty());
}

TEST_CASE("what needs a model says so where there is none") {
  {
    const Copy copy;
    strip_to_rules(copy);
    copy.append("labs.toml", "model = { output = \"PLT\", assumed = \"usual\" }\n");
    has_only(copy, "a test is simulated by a model, and this programme has none");
  }
  {
    const Copy copy;
    strip_to_rules(copy);
    fs::create_directories(copy.path("designs"));
    copy.write("designs/t1.toml", "name = \"t1\"\n");
    has_only(copy, "a design simulates, and this programme has no model");
  }
  const Copy copy;
  strip_to_rules(copy);
  copy.write("parameters.toml", "name = \"half\"\n");
  says(check_programme(copy.path()), "model.txt");
}

TEST_CASE("parameters that were fitted to evidence miss it where it is gone") {
  const Copy copy;
  fs::remove_all(copy.path("evidence"));
  says(check_programme(copy.path()), "R1");
}

TEST_CASE("every programme of the repository is without a fault") {
  int n = 0;
  for (const auto& folder : fs::directory_iterator(kRoot + "/programmes")) {
    const Faults faults = check_programme(folder.path().string());
    CHECK_MESSAGE(faults.empty(), to_text(faults));
    ++n;
  }
  CHECK(n >= 6);
}

TEST_CASE("no folder, and a folder without protocols") {
  says(check_programme(kRoot + "/tests/data/no_such_programme"), "expected the folder");
  const Copy copy;
  fs::remove_all(copy.path("protocol"));
  const Faults faults = check_programme(copy.path());
  says(faults, "expected at least one protocol");
}

TEST_CASE("a broken row of the evidence is named, and the programme holds without it") {
  const Copy copy;
  copy.change("evidence/trials.csv", "R2,T1,adults,placebo,15,26,", "R2,T1,adults,placebo,15,");
  const Result<Programme> programme = load_programme(copy.path());
  REQUIRE_MESSAGE(programme.ok(), to_text(programme.faults()));
  CHECK(programme->evidence.size() == 2);
  REQUIRE(programme->evidence_faults.size() == 1);
  CHECK(programme->evidence_faults[0].place.line == 3);
  has_only(copy, "row 2: expected 18 fields, found 17");
}

}  // namespace dosewright::programme
