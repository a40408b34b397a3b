#include "dosewright/simulate/model_source.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/model/dosing_names.hpp"
#include "dosewright/programme/programme.hpp"
#include "dosewright/simulate/library.hpp"

namespace dosewright::simulate {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> state_names(const model::Model& model) {
  std::vector<std::string> names;
  for (const lang::Symbol& state : model.states) names.push_back(state.name);
  return names;
}

// All definitions but those that say how doses enter; without any, the compartments.
std::vector<std::string> outputs_of_text(const model::Model& model) {
  const std::vector<std::string> states = state_names(model);
  std::vector<std::string> names;
  for (const lang::Symbol& definition : model.equations.definition_symbols) {
    if (!model::dosing_name(definition.name, states)) names.push_back(definition.name);
  }
  return names.empty() ? states : names;
}

// What laboratories see, and what the programme shows; not the probabilities of its events.
std::vector<std::string> outputs_of_programme(const model::Model& model) {
  std::vector<std::string> names;
  for (const std::string& name : model.output_names) {
    const bool event = std::ranges::any_of(
        model.events, [&](const model::EventModel& one) { return one.output_name == name; });
    const bool hazard = std::ranges::any_of(
        model.hazards, [&](const model::HazardModel& one) { return one.output_name == name; });
    if (!event && !hazard) names.push_back(name);
  }
  return names;
}

// A text of equations and where its parameters come from.
struct Texts {
  std::string name;
  std::string equations, equations_file;
  std::optional<Document> base;  // parameters that come with the equations
  std::optional<Document> over;  // those of --params
};

void add_labs(std::vector<Node> tables, model::ModelFiles& files) {
  for (Node& lab : tables) {
    for (const char* key : {"code", "unit"}) lab.at(key).text();
    lab.find("title").text_or("");
  }
  files.labs = std::move(tables);
}

void take(FlatParameters flat, model::ModelFiles& files) {
  files.given_parameters = std::move(flat.parameters);
  files.given_covariates = std::move(flat.covariates);
  files.given_places = std::move(flat.places);
  add_labs(std::move(flat.labs), files);
}

// Parameters in the form of a programme replace all others; short ones are laid over the base.
void give_parameters(Texts& texts, model::ModelFiles& files) {
  Document* full = nullptr;
  if (texts.over && is_full(*texts.over)) {
    full = &*texts.over;
  } else if (!texts.over && texts.base && is_full(*texts.base)) {
    full = &*texts.base;
  }
  if (full != nullptr) {
    files.parameters = full;
    add_labs(full->root().find("lab").items(), files);
    return;
  }
  if (!texts.base || is_full(*texts.base)) {
    take(read_flat(*texts.over, nullptr), files);
    return;
  }
  FlatParameters flat = read_flat(*texts.base, nullptr);
  if (texts.over) override_with(*texts.over, read_flat(*texts.over, &flat), flat);
  take(std::move(flat), files);
}

Result<ModelSource> read_texts(Texts texts) {
  if (!texts.base && !texts.over) {
    return Fault{{texts.equations_file, 0, 0},
                 "the model needs its parameters",
                 "name a file of them: --params FILE, with lines such as CL = \"5 L/h\"",
                 {}};
  }
  Faults faults;
  for (auto* document : {&texts.base, &texts.over}) {
    if (*document) faults.merge((*document)->faults());
  }
  if (!faults.empty()) return faults;
  model::ModelFiles files;
  files.standalone = true;
  files.equations_text = texts.equations;
  files.equations_file = texts.equations_file;
  give_parameters(texts, files);
  Result<model::Model> model = model::read_model(std::move(files));
  for (auto* document : {&texts.base, &texts.over}) {
    if (!*document) continue;
    const bool hidden = document == &texts.base && texts.over && is_full(*texts.over);
    if (!hidden) (*document)->root().finish();
    faults.merge((*document)->faults());
  }
  if (!model.ok()) faults.merge(model.faults());
  if (!faults.empty()) return faults;
  ModelSource source{texts.name, std::move(*model), {}};
  source.outputs = outputs_of_text(source.model);
  return source;
}

Result<ModelSource> read_programme(const std::string& directory, std::optional<Document> over) {
  auto programme = programme::load_programme(directory);
  Faults faults;
  if (!programme.ok()) faults.merge(programme.faults());
  if (over && programme.ok() && over->faults().empty()) {
    if (is_full(*over)) {
      over->root().fault("parameters for a programme are given as NAME = \"value unit\"",
                         "the variability stays that of the programme");
    } else {
      override_model(*over, programme->model);
      over->root().finish();
    }
  }
  if (over) faults.merge(over->faults());
  if (!faults.empty()) return faults;
  ModelSource source{programme->identity.name, std::move(programme->model), {}};
  source.outputs = outputs_of_programme(source.model);
  return source;
}

Fault nothing_there(const std::string& where) {
  std::vector<std::string> names;
  for (const LibraryModel& model : library()) names.emplace_back(model.name);
  const std::string near = nearest_name(where, names);
  return {{where, 0, 0},
          "there is no such file, folder or model of the library",
          near.empty() ? "the library has " + join(names, ", ") : "did you mean '" + near + "'?",
          {}};
}

}  // namespace

Result<ModelSource> load_model(const std::string& where, const std::string& parameters) {
  std::optional<Document> over;
  if (!parameters.empty()) over = Document::load(parameters);
  if (const LibraryModel* const own = library_model(where); own != nullptr) {
    const std::string file = "models/" + where;
    return read_texts({where, std::string(own->equations), file + "/model.txt",
                       Document::parse(std::string(own->parameters), file + "/parameters.toml"),
                       std::move(over)});
  }
  std::error_code error;
  const bool folder = fs::is_directory(where, error);
  if (folder && fs::exists(where + "/programme.toml", error)) {
    return read_programme(where, std::move(over));
  }
  if (!folder && !fs::exists(where, error)) return nothing_there(where);
  const std::string file = folder ? where + "/model.txt" : where;
  DW_TRY(equations, read_text(file));
  std::optional<Document> base;
  if (folder && fs::exists(where + "/parameters.toml", error)) {
    base = Document::load(where + "/parameters.toml");
  }
  return read_texts({where, equations, file, std::move(base), std::move(over)});
}

}  // namespace dosewright::simulate
