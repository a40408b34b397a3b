// A PK/PD model with its variability and what can be seen of it: a const definition.
//
//   model.txt         equations (lang)            -> rhs, initial state, outputs
//   parameters.toml   typical values, variability -> Parameter
//   labs.toml         [lab.model] part            -> LabModel: which output, with which assay error
//   observations.toml events per injection, hazards
//
// Inside, all values are canonical (base/unit.hpp). A subject is a vector of doubles.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dosewright/base/document.hpp"
#include "dosewright/base/random.hpp"
#include "dosewright/lang/program.hpp"

namespace dosewright::model {

// How a parameter varies: on which scale the random effect is added to the typical value.
enum class Scale : std::uint8_t { kNormal, kLognormal, kLogit };

// An effect of a covariate on a parameter, applied to the typical value on the parameter's scale:
//   power        TV * (x / reference)^c
//   exponential  TV * exp(c * (x - reference))      (on the logit scale: logit(TV) + c * (x -
//   reference)) fold         TV * c^(x - reference)             (a 0/1 covariate: TV or c * TV)
struct CovariateEffect {
  std::string covariate;
  int covariate_index = 0;
  enum class Form : std::uint8_t { kPower, kExponential, kFold } form = Form::kPower;
  double reference = 0;     // canonical
  std::string coefficient;  // name of the parameter that holds c
  int coefficient_index = 0;
};

// Where a number comes from. Exactly one of the three is given.
struct Origin {
  std::string source;                      // key and place: "FDA-ClinPharmR p.23"
  std::vector<std::string> calibrated_to;  // evidence rows
  std::string assumed;                     // because ...
};

// What a calibration knows of a parameter beforehand: where its search begins, and how far it may
// reasonably go. It never changes with the fit, so a calibration gives the same from any state.
struct Prior {
  double typical = 0;                 // canonical
  std::vector<double> class_typical;  // canonical, one per class of a mixture
  double sd = 0;                      // on the scale; canonical on the normal one; 0: none given
  double between_subject = 0;         // as Parameter::between_subject; 0: none given
};

struct Parameter {
  std::string name, title;
  Unit unit;
  double typical = 0;  // canonical
  Scale scale = Scale::kLognormal;
  // SDs on the scale; on the normal scale written in the unit of the value, kept canonical.
  double between_subject = 0;  // of the random effect (omega)
  double between_trial = 0;    // of a random effect shared by all subjects of one trial replicate
  double uncertainty = 0;      // SE of the typical value, on the scale; drawn once per replicate
  std::vector<CovariateEffect> effects;
  int mixture = -1;                   // index into Model::mixtures: typical value differs by class
  std::vector<double> class_typical;  // canonical, one per class
  Origin origin;                      // of the typical value
  Origin variability_origin;  // of between_subject / between_trial / uncertainty; may be empty
  std::optional<Prior> prior;
  std::uint32_t draw = 0;  // number of its draw within a stream: from the name, so that another
                           // parameter in the file never moves this one's random effects
};

struct Correlation {
  int a = 0, b = 0;
  double rho = 0;
};  // between the subject effects of two parameters
struct Mixture {
  std::string name;
  std::vector<std::string> classes;
  std::vector<double> shares;  // sum to 1
  Origin origin;
  std::uint32_t draw = 0;
};
struct Covariate {
  std::string name, title;
  Unit unit;
  double typical = 0;  // canonical
};

// A laboratory test as the model produces it, with z standard normal:
// reading = output * exp(within_subject * z1) * (1 + proportional * z2) + additive * z3.
struct LabModel {
  std::string code;         // protocol::Analyte::code
  std::string output_name;  // a definition of model.txt
  int output = 0;           // index into outputs
  Unit unit;
  double within_subject = 0;     // lognormal SD, between occasions
  double proportional = 0;       // assay CV
  double additive = 0;           // canonical SD
  bool may_be_negative = false;  // liver fat by MRI
  Origin origin;
};

struct EventType {
  std::string name;
  double share = 0;
};  // an event is of each type with this probability, at least one
// Something that an injection may cause: a count per injection.
struct EventModel {
  std::string name, title;
  enum class Kind : std::uint8_t { kBernoulli, kPoisson } kind = Kind::kBernoulli;
  std::string output_name;
  int output = 0;           // probability or mean count at the time of the injection
  double delay_h_max = 48;  // onset uniform within this after the injection
  bool also_placebo = true;
  std::vector<EventType> types;
  Origin origin;
};

// A rate in time; what it does when it strikes.
struct HazardModel {
  std::string name, title;
  std::string output_name;
  int output = 0;  // canonical 1/h
  bool recurrent = false;
  bool on_treatment_only = false;  // counts only while on treatment
  std::string discontinues;        // cause of stopping treatment; "" if it does not
  std::string sets_sign;           // protocol sign that it raises; "" if none
  Origin origin;
};

struct Model {
  std::string name;
  std::vector<Parameter> parameters;
  std::vector<Covariate> covariates;
  std::vector<Mixture> mixtures;
  std::vector<Correlation> correlations;
  // Lower triangle of the correlation matrix of subject effects, row-major n*n over `varying`.
  std::vector<double> cholesky;
  std::vector<int> varying;  // parameters with between_subject > 0
  // Typical values that are uncertain together ([uncertainty] of parameters.toml), and the lower
  // triangle of the factor of their correlation matrix, row-major. Empty: each on its own.
  std::vector<int> uncertain;
  std::vector<double> uncertain_cholesky;

  lang::CheckedModel equations;
  std::vector<lang::Symbol> states;
  int dose_state =
      0;  // where an injection goes: the state named DEPOT, or set in observations.toml
  std::vector<std::string> output_names;  // what labs, events and hazards read
  // Programs share one input layout: [parameters, covariates, TIME, TAFD, DOSE, states].
  // TIME [h] since the start, TAFD [h] time after the first dose (0 before it), DOSE [mg] last dose
  // given.
  lang::Program initial;  // inputs without the states; outputs: initial states
  lang::Program rhs;      // outputs: derivatives, in the order of states
  lang::Program outputs;  // outputs: output_names
  int n_inputs() const;
  int time_input() const, first_state_input() const;

  std::vector<LabModel> labs;
  std::vector<EventModel> events;
  std::vector<HazardModel> hazards;

  int parameter(std::string_view name) const;  // -1: unknown
  int covariate(std::string_view name) const;
  int lab(std::string_view code) const;
  int event(std::string_view name) const;
  int hazard(std::string_view name) const;
};

// The documents that a model is read from; `sources` are the known source keys, `evidence` the row
// ids.
//
// A model without a programme around it (`standalone`): any text may stand as a source, every
// definition may be asked for, and what nobody names as dose_state is DEPOT or else the first
// state. Its parameters may also be `given`, ready made, in place of a document.
struct ModelFiles {
  std::string equations_text,
      equations_file;  // without a file, equations are not read: only checks
  bool standalone = false;
  std::vector<Parameter> given_parameters;
  std::vector<Covariate> given_covariates;
  std::vector<Place> given_places;  // of the parameters, then of the covariates
  Document* parameters = nullptr;
  Document* observations = nullptr;
  std::vector<Node> labs;  // the [[lab]] tables of labs.toml (their `model` part is read here)
  bool labs_complete =
      true;  // false: labs.toml could not be read, so "nobody uses it" proves nothing
  std::vector<std::string> sources;
  std::vector<std::string> evidence_ids;
};
Result<Model> read_model(
    ModelFiles files);  // faults of model.txt; those of the documents stay in them

// Typical values of one replicate: parameter uncertainty and between-trial effects drawn from
// (seed, replicate, trial). Values on each parameter's scale. class_typical holds, for each
// parameter with a mixture in the order of the file, the values of its classes.
struct Population {
  std::vector<double> typical;
  std::vector<double> class_typical;
  std::vector<double> trial_effect;
};
struct PopulationKey {
  std::uint64_t seed = 0;
  std::uint32_t replicate = 0;
  std::uint32_t trial = 0;
  bool uncertain =
      true;  // false: the typical values as written; trial effects are drawn all the same
};
Population draw_population(const Model& model, const PopulationKey& key);
Population typical_population(const Model& model);  // no uncertainty, no trial effect

// One subject's parameters: effects of covariates, mixture class, correlated random effects.
// covariates: canonical, in the order of Model::covariates. Writes parameters.size() values.
void draw_subject(const Model& model, const Population& population,
                  std::span<const double> covariates, const Draws& etas,
                  std::span<double> parameters);

// The same with the draws made already: normal ones for Model::varying, in its order, numbered as
// those parameters are, and uniform ones for Model::mixtures.
struct SubjectDraws {
  std::span<const double> normals, classes;
};
void draw_subject(const Model& model, const Population& population,
                  std::span<const double> covariates, const SubjectDraws& etas,
                  std::span<double> parameters);

// The same without random effects: each parameter at its typical value for these covariates, the
// most likely class of each mixture.
void typical_subject(const Model& model, const Population& population,
                     std::span<const double> covariates, std::span<double> parameters);

// What befalls one reading: exp(within_subject * z1), z2 and z3 of LabModel, and the numbers of
// those draws within a stream, for the reading number `draw` of it.
struct ReadingNoise {
  double factor = 1, z_proportional = 0, z_additive = 0;
};
inline constexpr std::uint32_t kDrawsPerReading = 3;
double reading_of(const LabModel& lab, double value, const ReadingNoise& noise);

// One reading of a lab from the output value. `draw` numbers the reading within the stream.
double draw_reading(const LabModel& lab, double value, const Draws& noise, std::uint32_t draw);

}  // namespace dosewright::model
