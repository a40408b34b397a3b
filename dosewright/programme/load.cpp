// Loads a programme's folder.
//
// Problem: people write these files by hand, and want all faults of all files in one go; but a
// fault in one file must not breed faults in the others. Idea: every file is read to its end, in
// the order in which they need each other, and what could not be read is taken as unknown, not as
// absent: source keys of a programme.toml that is no TOML are still found by their headers, ids of
// broken evidence rows still count as ids. Cross references are checked last, between things that
// exist.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/model/origin.hpp"
#include "dosewright/programme/programme.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

namespace fs = std::filesystem;

// Files at the top of the folder that something reads. Another .toml there is a misspelt one.
const std::vector<std::string>& known_files() {
  static const std::vector<std::string> files = {
      "programme.toml", "molecule.toml",     "parameters.toml", "observations.toml",
      "labs.toml",      "eligibility.toml",  "regimens.toml",   "calibration.toml",
      "facts.toml",     "interactions.toml", "reactions.toml",  "sites.toml",
      "statements.toml"};
  return files;
}

std::vector<std::string> toml_files(const fs::path& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".toml") paths.push_back(it->path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string stem(const std::string& path) {
  return fs::path(path).stem().string();
}

class Loader {
 public:
  explicit Loader(std::string directory) { programme_.directory = std::move(directory); }

  Result<Programme> load();

 private:
  std::string path(std::string_view name) const {
    return (fs::path(programme_.directory) / name).string();
  }
  bool exists(std::string_view name) const {
    std::error_code error;
    return fs::exists(path(name), error);
  }
  // Opens a document whose faults are collected. An optional one that is missing is nullptr.
  Document* open(const std::string& file, bool required);
  Document* open_base(Document& derived);

  void open_documents();
  void read_known();
  void read_evidence_files();
  void read_labs();
  void read_model_files();
  void refuse_lab_models();
  void read_protocols();
  void read_own_documents();

  void check_sources_used();
  void check_designs();
  bool is_observed(std::string_view code);
  void check_observed(Node at, const std::string& protocol, const std::string& code,
                      std::set<std::string>& reported);
  void check_labs_observed();
  void check_signs();
  void check_unknown_files();
  Faults collect();

  Programme programme_;
  Known known_;
  std::vector<std::unique_ptr<Document>> documents_;  // in the order of reading, for the faults
  Document* main_ = nullptr;
  Document* molecule_ = nullptr;
  Document* parameters_ = nullptr;
  Document* observations_ = nullptr;
  Document* labs_ = nullptr;
  Document* eligibility_ = nullptr;
  Document* regimens_ = nullptr;
  Document* facts_ = nullptr;
  Document* interactions_ = nullptr;
  Document* reactions_ = nullptr;
  Document* sites_ = nullptr;
  Document* statements_ = nullptr;
  std::vector<Document*> protocol_documents_;  // parallel to programme_.protocols
  std::vector<Node> lab_tables_;
  std::vector<std::string> evidence_ids_;
  std::string equations_;
  bool main_readable_ = false;
  bool labs_readable_ = false;
  Faults faults_;  // of files that are no documents
};

Document* Loader::open(const std::string& file, bool required) {
  if (!required && !exists(file)) return nullptr;
  documents_.push_back(std::make_unique<Document>(Document::load(path(file))));
  return documents_.back().get();
}

void Loader::open_documents() {
  main_ = open("programme.toml", true);
  molecule_ = open("molecule.toml", false);
  programme_.has_model =
      exists("model.txt") || exists("parameters.toml") || exists("observations.toml");
  parameters_ = open("parameters.toml", programme_.has_model);
  observations_ = open("observations.toml", false);
  labs_ = open("labs.toml", true);
  eligibility_ = open("eligibility.toml", false);
  regimens_ = open("regimens.toml", true);
  facts_ = open("facts.toml", false);
  interactions_ = open("interactions.toml", false);
  reactions_ = open("reactions.toml", false);
  sites_ = open("sites.toml", false);
  statements_ = open("statements.toml", false);
}

void Loader::read_known() {
  main_readable_ = main_->faults().empty();
  labs_readable_ = labs_->faults().empty();
  if (main_readable_) {
    programme_.sources = read_sources(main_->root());
    for (const Source& source : programme_.sources) known_.sources.push_back(source.key);
  } else if (Result<std::string> text = read_text(path("programme.toml")); text.ok()) {
    known_.sources = source_keys_of_text(*text);
  }
  if (regimens_->faults().empty()) {
    programme_.regimens = protocol::parse_regimens(regimens_->root(), &known_.sources);
    for (const protocol::Regimen& r : programme_.regimens) known_.regimens.push_back(r.id);
  }
  for (const std::string& file : toml_files(path("protocol"))) {
    known_.protocols.push_back(stem(file));
  }
  for (const std::string& file : toml_files(path("designs"))) {
    if (stem(file) != "evidence") programme_.designs.push_back(stem(file));
  }
}

void Loader::read_evidence_files() {
  if (!exists("evidence/trials.csv")) return;
  Evidence evidence = load_evidence(path("evidence/trials.csv"), known_.sources);
  for (const EvidenceRow& row : evidence.rows) evidence_ids_.push_back(row.id);
  evidence_ids_.insert(evidence_ids_.end(), evidence.broken_ids.begin(), evidence.broken_ids.end());
  programme_.evidence = std::move(evidence.rows);
  programme_.evidence_faults = std::move(evidence.faults);
  if (!exists("evidence/individuals.csv")) return;
  Individuals individuals = load_individuals(path("evidence/individuals.csv"), known_.sources);
  programme_.individuals = std::move(individuals.readings);
  programme_.evidence_faults.merge(individuals.faults);
}

void Loader::read_labs() {
  if (!labs_readable_) return;
  Node root = labs_->root();
  lab_tables_ = root.at("lab").items();
  for (Node& table : lab_tables_) {
    protocol::Analyte analyte = protocol::parse_analyte(table);
    protocol::parse_source(table.find("source"), &known_.sources);
    // A limit that could not be read is still a limit: rules in multiples of it are not at fault.
    if (table.find("uln").exists() && analyte.uln == 0) analyte.uln = 1;
    if (programme_.analyte(analyte.code) >= 0) {
      table.at("code").fault("there are two labs '" + analyte.code + "'", "rename one of them");
    }
    programme_.analytes.push_back(std::move(analyte));
  }
}

// Of a programme without a model.
void Loader::refuse_lab_models() {
  for (Node& table : lab_tables_) {
    Node model = table.find("model");
    if (model.exists()) {
      model.fault("a test is simulated by a model, and this programme has none",
                  "add model.txt and parameters.toml, or remove this key");
      for (const std::string& key : model.keys()) model.find(key);  // one fault is enough
    }
    table.finish();
  }
  if (labs_readable_) labs_->root().finish();
}

void Loader::read_model_files() {
  if (!programme_.has_model) return refuse_lab_models();
  model::ModelFiles files;
  files.parameters = parameters_;
  files.observations = observations_;
  files.labs = lab_tables_;
  files.labs_complete = labs_readable_;
  files.sources = known_.sources;
  files.evidence_ids = evidence_ids_;
  Result<std::string> text = read_text(path("model.txt"));
  if (text.ok()) {
    equations_ = *text;
    files.equations_file = path("model.txt");
    files.equations_text = std::move(*text);
  } else {
    faults_.merge(text.faults());
  }
  Result<model::Model> model = model::read_model(std::move(files));
  if (labs_readable_) labs_->root().finish();
  if (model.ok()) {
    programme_.model = std::move(*model);
  } else {
    faults_.merge(model.faults());
  }
}

// The file that a derived protocol takes its rules from, read once more; null: a fault is told.
Document* Loader::open_base(Document& derived) {
  Node based_on = derived.root().at("based_on");
  const std::string name = based_on.text();
  if (std::ranges::find(known_.protocols, name) == known_.protocols.end()) {
    const std::string near = nearest_name(name, known_.protocols);
    based_on.fault(
        "no protocol '" + name + "' in the folder protocol",
        near.empty() ? "known: " + join(known_.protocols, ", ") : "did you mean '" + near + "'?");
    return nullptr;
  }
  Document* base = open("protocol/" + name + ".toml", true);
  if (!base->faults().empty()) return nullptr;
  if (base->root().find("based_on").exists()) {
    based_on.fault("'" + name + "' is itself based on another protocol",
                   "name the protocol that holds the rules");
    return nullptr;
  }
  return base;
}

void Loader::read_protocols() {
  const protocol::Surroundings surroundings{programme_.analytes, programme_.regimens,
                                            known_.sources};
  // Without labs or regimens each of their names would be a fault of the protocol.
  const bool can_check = !programme_.analytes.empty() && !programme_.regimens.empty();
  for (const std::string& name : known_.protocols) {
    Document* document = open("protocol/" + name + ".toml", true);
    if (!document->faults().empty() || !can_check) continue;
    const bool derived = document->root().find("based_on").exists();
    Document* rules = derived ? open_base(*document) : document;
    if (rules == nullptr) continue;
    protocol::Protocol protocol = derived
                                      ? protocol::derive_protocol(*document, *rules, surroundings)
                                      : protocol::parse_protocol(*document, surroundings);
    if (protocol.name != name && !protocol.name.empty()) {
      document->root().at("name").fault("the protocol of " + name + ".toml must be named '" + name +
                                            "', found '" + protocol.name + "'",
                                        "rename the file or the protocol");
    }
    programme_.protocols.push_back(std::move(protocol));
    protocol_documents_.push_back(rules);
  }
  if (known_.protocols.empty()) {
    faults_.add({path("protocol"), 0, 0}, "expected at least one protocol, found none",
                "write protocol/label.toml; docs/protocol.md has the format");
  }
}

void Loader::read_own_documents() {
  if (main_readable_) read_identity(main_->root(), known_, programme_);
  if (molecule_ != nullptr && molecule_->faults().empty()) {
    read_molecule(molecule_->root(), known_, programme_);
  }
  const auto readable = [](Document* document) {
    return document != nullptr && document->faults().empty();
  };
  if (readable(facts_)) {
    read_facts(facts_->root(), known_, programme_);
    if (programme_.protocols.size() == known_.protocols.size()) {
      check_facts(facts_->root(), programme_);
    }
  }
  if (readable(interactions_)) {
    read_interactions(interactions_->root(), known_, programme_);
  }
  if (readable(reactions_)) read_reactions(reactions_->root(), known_, programme_);
  if (readable(sites_)) read_sites(sites_->root(), known_, programme_);
  const bool can_ask = labs_readable_ && (facts_ == nullptr || facts_->faults().empty());
  if (readable(statements_)) {
    read_statements(statements_->root(), known_, programme_);
    if (can_ask) read_remark_questions(statements_->root(), programme_, statements_->faults());
  }
  if (!readable(eligibility_)) return;
  read_eligibility(eligibility_->root(), known_, programme_);
  if (can_ask) read_questions(eligibility_->root(), programme_, eligibility_->faults());
}

Faults Loader::collect() {
  Faults all;
  for (const auto& document : documents_) all.merge(document->faults());
  all.merge(faults_);
  return all;
}

Result<Programme> Loader::load() {
  std::error_code error;
  if (!fs::is_directory(programme_.directory, error)) {
    return Fault{{programme_.directory, 0, 0},
                 "expected the folder of a programme, found none",
                 "name a folder that holds programme.toml",
                 ""};
  }
  open_documents();
  read_known();
  read_evidence_files();
  read_labs();
  read_model_files();
  read_protocols();
  read_own_documents();
  check_designs();
  check_sources_used();
  check_labs_observed();
  check_signs();
  check_unknown_files();
  Faults all = collect();
  if (all.empty()) return std::move(programme_);
  all.merge(programme_.evidence_faults);
  return all;
}

// Citations of one file, marked in `used`. A file that is no TOML may cite what it merely mentions.
void mark_cited(const std::string& file, const std::vector<std::string>& keys,
                std::set<std::string>& used) {
  Document document = Document::load(file);
  if (document.faults().empty()) {
    for (const std::string& key : cited_sources(document, keys)) used.insert(key);
    return;
  }
  const Result<std::string> text = read_text(file);
  for (const std::string& key : keys) {
    if (text.ok() && text->find(key) != std::string::npos) used.insert(key);
  }
}

void mark_citations(std::string_view text, const std::vector<std::string>& keys,
                    std::set<std::string>& used) {
  for (const std::string& key : model::read_citations(text, keys).keys) used.insert(key);
}

void Loader::check_sources_used() {
  if (!main_readable_) return;
  std::set<std::string> used;
  for (const char* folder : {"", "protocol", "designs"}) {
    for (const std::string& file : toml_files(path(folder))) {
      mark_cited(file, known_.sources, used);
    }
  }
  for (const EvidenceRow& row : programme_.evidence) {
    mark_citations(row.source, known_.sources, used);
  }
  for (const IndividualReading& reading : programme_.individuals) {
    mark_citations(reading.source, known_.sources, used);
  }
  for (const std::string& key : known_.sources) {
    // Equations cite as the field does, in a comment: "# [Yu2009, fig. 3]".
    if (used.contains(key) || equations_.find("[" + key) != std::string::npos) continue;
    main_->root().at("source").at(key).fault("no statement cites source '" + key + "'",
                                             "cite it where it is used, or remove it");
  }
}

void Loader::check_designs() {
  for (const std::string& file : toml_files(path("designs"))) {
    Document* document = open("designs/" + fs::path(file).filename().string(), true);
    if (!document->faults().empty()) continue;
    check_cited(document->root(), known_.sources);
    if (!programme_.has_model) {
      document->root().fault("a design simulates, and this programme has no model",
                             "add model.txt and parameters.toml, or remove the design");
    }
  }
}

// Whether labs.toml says how the model produces this test.
bool Loader::is_observed(std::string_view code) {
  for (std::size_t i = 0; i < programme_.analytes.size(); ++i) {
    if (programme_.analytes[i].code == code) return lab_tables_[i].find("model").exists();
  }
  return true;
}

void Loader::check_observed(Node at, const std::string& protocol, const std::string& code,
                            std::set<std::string>& reported) {
  if (is_observed(code) || !reported.insert(code).second) return;
  at.fault("protocol '" + protocol + "' asks for '" + code + "', which no model observes",
           "give [[lab]] " + code +
               " a model = { output = ... } in labs.toml, so that it can be "
               "simulated, or take the test out");
}

// The codes of the tests that a guard reads: ALT of ALT.previous.
std::set<std::string> codes_of(const lang::Node& guard) {
  std::set<std::string> codes;
  if (guard.op == lang::Op::kName) codes.insert(guard.name.substr(0, guard.name.find('.')));
  for (const lang::Expression& argument : guard.arguments) codes.merge(codes_of(*argument));
  return codes;
}

void Loader::check_labs_observed() {
  if (!programme_.has_model) return;
  for (std::size_t i = 0; i < programme_.protocols.size(); ++i) {
    const protocol::Protocol& protocol = programme_.protocols[i];
    std::set<std::string> reported;
    Node panels = protocol_documents_[i]->root().find("panel");
    for (const std::string& name : panels.keys()) {
      const int panel = protocol.panel(name);
      if (panel >= 0 && !protocol.panel_is_simulated(panel)) continue;
      for (Node test : panels.at(name).find("tests").items()) {
        if (test.is_string()) check_observed(test, protocol.name, test.text(), reported);
      }
    }
    Node regions = protocol_documents_[i]->root().find("region");
    for (const protocol::Region& region : protocol.regions) {
      if (!region.simulated) continue;
      for (const protocol::Transition& transition : region.transitions) {
        if (transition.guard == nullptr) continue;
        for (const std::string& code : codes_of(*transition.guard)) {
          check_observed(regions.find(region.name), protocol.name, code, reported);
        }
      }
    }
  }
}

void Loader::check_signs() {
  if (observations_ == nullptr || programme_.protocols.size() != known_.protocols.size()) return;
  std::vector<std::string> signs;
  for (const protocol::Protocol& protocol : programme_.protocols) {
    const auto& own = protocol.vocabulary.signs;
    signs.insert(signs.end(), own.begin(), own.end());
  }
  for (Node hazard : observations_->root().find("hazard").items()) {
    Node sign = hazard.find("sets_sign");
    if (!sign.is_string()) continue;
    const std::string name = sign.text();
    if (std::ranges::find(signs, name) != signs.end()) continue;
    const std::string near = nearest_name(name, signs);
    sign.fault("no protocol knows the sign '" + name + "'",
               near.empty() ? "declare it in a protocol, or drop it"
                            : "the nearest sign is '" + near + "'");
  }
}

void Loader::check_unknown_files() {
  for (const std::string& file : toml_files(programme_.directory)) {
    const std::string name = fs::path(file).filename().string();
    if (std::ranges::find(known_files(), name) != known_files().end()) continue;
    const std::string near = nearest_name(name, known_files());
    faults_.add({file, 0, 0}, "nothing reads this file",
                near.empty() ? "files here are " + join(known_files(), ", ")
                             : "did you mean '" + near + "'?");
  }
}

}  // namespace

Result<Programme> load_programme(const std::string& directory) {
  return Loader(directory).load();
}

Faults check_programme(const std::string& directory) {
  const Result<Programme> programme = load_programme(directory);
  return programme.ok() ? programme->evidence_faults : programme.faults();
}

}  // namespace dosewright::programme
