#include "dosewright/programme/show_model.hpp"

#include "dosewright/base/text.hpp"
#include "dosewright/model/origin.hpp"

namespace dosewright::programme {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string value_text(double canonical, const Unit& unit) {
  const std::string number = number_text(unit.from_canonical(canonical), 6);
  return unit.code == "1" ? number : number + " " + unit.code;
}

std::string typical_text(const model::Parameter& parameter, const model::Model& model) {
  if (parameter.mixture < 0) return value_text(parameter.typical, parameter.unit);
  const model::Mixture& mixture = model.mixtures[static_cast<std::size_t>(parameter.mixture)];
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < mixture.classes.size(); ++i) {
    parts.push_back(mixture.classes[i] + " " +
                    value_text(parameter.class_typical[i], parameter.unit));
  }
  return join(parts, ", ");
}

std::string scale_text(model::Scale scale) {
  switch (scale) {
    case model::Scale::kNormal:
      return "normal";
    case model::Scale::kLognormal:
      return "log";
    case model::Scale::kLogit:
      return "logit";
  }
  return "";
}

// "log: subjects 0.3, trials 0.1, uncertain 0.05".
std::string spread_text(const model::Parameter& parameter) {
  const double factor = parameter.scale == model::Scale::kNormal ? parameter.unit.factor : 1.0;
  std::vector<std::string> parts;
  const auto add = [&](const char* what, double sd) {
    if (sd > 0) parts.push_back(std::string(what) + " " + number_text(sd / factor, 3));
  };
  add("subjects", parameter.between_subject);
  add("trials", parameter.between_trial);
  add("uncertain", parameter.uncertainty);
  return parts.empty() ? "" : scale_text(parameter.scale) + ": " + join(parts, ", ");
}

std::string effects_text(const model::Parameter& parameter) {
  std::vector<std::string> parts;
  for (const model::CovariateEffect& effect : parameter.effects) {
    parts.push_back(effect.covariate + " by " + effect.coefficient);
  }
  return parts.empty() ? "" : ", with " + join(parts, ", ");
}

void show_parameters(const model::Model& model, Page& page) {
  page.heading("Model: parameters and where they come from");
  Rows rows;
  for (const model::Parameter& parameter : model.parameters) {
    std::string origin =
        parameter.title + effects_text(parameter) + ": " + to_text(parameter.origin);
    if (!empty(parameter.variability_origin)) {
      origin += "; spread: " + to_text(parameter.variability_origin);
    }
    rows.push_back(
        {parameter.name, typical_text(parameter, model), spread_text(parameter), origin});
  }
  page.table(rows, 2, 22);
  rows.clear();
  for (const model::Correlation& c : model.correlations) {
    rows.push_back({model.parameters[static_cast<std::size_t>(c.a)].name + " and " +
                        model.parameters[static_cast<std::size_t>(c.b)].name,
                    "correlated between subjects, " + number_text(c.rho, 3)});
  }
  for (const model::Mixture& mixture : model.mixtures) {
    std::vector<std::string> shares;
    for (std::size_t i = 0; i < mixture.classes.size(); ++i) {
      shares.push_back(mixture.classes[i] + " " + number_text(100 * mixture.shares[i], 4) + " %");
    }
    rows.push_back(
        {"mixture " + mixture.name, join(shares, ", ") + ": " + to_text(mixture.origin)});
  }
  page.table(rows, 2, 30);
}

void show_covariates(const model::Model& model, Page& page) {
  page.heading("Model: covariates");
  Rows rows;
  for (const model::Covariate& covariate : model.covariates) {
    rows.push_back({covariate.name, "typically " + value_text(covariate.typical, covariate.unit),
                    covariate.title});
  }
  page.table(rows);
}

std::string error_text(const model::LabModel& lab) {
  std::vector<std::string> parts;
  if (lab.within_subject > 0)
    parts.push_back("within people " + number_text(lab.within_subject, 3));
  if (lab.proportional > 0) parts.push_back("assay CV " + number_text(lab.proportional, 3));
  if (lab.additive > 0) parts.push_back("assay SD " + value_text(lab.additive, lab.unit));
  return join(parts, ", ");
}

std::string limits_text(const protocol::Analyte& analyte) {
  std::string text;
  if (analyte.lln > 0) text += "from " + value_text(analyte.lln, analyte.unit) + " ";
  if (analyte.uln > 0) text += "to " + value_text(analyte.uln, analyte.unit);
  return std::string(trim(text));
}

std::string test_text(const protocol::Analyte& analyte) {
  return analyte.title + (analyte.source.empty() ? "" : " (" + analyte.source + ")");
}

void show_plain_labs(const Programme& programme, Page& page) {
  Rows rows = {{"code", "LOINC", "unit", "normal", "test"}};
  for (const protocol::Analyte& analyte : programme.analytes) {
    rows.push_back(
        {analyte.code, analyte.loinc, analyte.unit.code, limits_text(analyte), test_text(analyte)});
  }
  page.table(rows, 2, 24);
}

void show_labs(const Programme& programme, Page& page) {
  page.heading("Laboratory tests");
  if (!programme.has_model) return show_plain_labs(programme, page);
  Rows rows = {{"code", "LOINC", "normal", "simulated with", "test"}};
  for (const protocol::Analyte& analyte : programme.analytes) {
    const int lab = programme.model.lab(analyte.code);
    rows.push_back({analyte.code, analyte.loinc, limits_text(analyte),
                    lab < 0 ? "not simulated"
                            : error_text(programme.model.labs[static_cast<std::size_t>(lab)]),
                    test_text(analyte)});
  }
  page.table(rows, 2, 24);
}

void show_observations(const model::Model& model, Page& page) {
  if (model.events.empty() && model.hazards.empty()) return;
  page.heading("Model: events");
  Rows rows;
  for (const model::EventModel& event : model.events) {
    rows.push_back({event.name, "per injection", event.title + " (" + to_text(event.origin) + ")"});
  }
  for (const model::HazardModel& hazard : model.hazards) {
    const std::string what = hazard.discontinues.empty() ? "in time" : "in time, ends treatment";
    rows.push_back({hazard.name, what, hazard.title + " (" + to_text(hazard.origin) + ")"});
  }
  page.table(rows);
}

}  // namespace

void show_model(const Programme& programme, Page& page) {
  if (!programme.has_model) {
    page.heading("Model");
    page.paragraph("None: this programme can be checked, shown and decided, but not simulated.", 2);
    return show_labs(programme, page);
  }
  show_parameters(programme.model, page);
  show_covariates(programme.model, page);
  show_labs(programme, page);
  show_observations(programme.model, page);
}

}  // namespace dosewright::programme
