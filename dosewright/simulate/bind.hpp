// Columns of a dataset and a model's names: what each record's parameters and covariates are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dosewright/base/random.hpp"
#include "dosewright/exchange/dataset.hpp"
#include "dosewright/sim/event_subject.hpp"

namespace dosewright::simulate {

// From which record a value that changes in time is taken between two records.
enum class Carry : std::uint8_t {
  kBackward,  // the next record's, as NONMEM (NOCB)
  kForward,   // the last record's (LOCF)
};

/// Names that columns may have: parameters, covariates, and how doses enter (F1, ALAG1, R1, D1)
/// unless an equation of the model computes it.
std::vector<std::string> column_names(const sim::EventModel& model);

class Binding {
 public:
  /// `columns`: the value columns of the dataset, all of them from column_names().
  Binding(const sim::EventModel& model, std::span<const std::string> columns, Carry carry);

  /// What only the model can say about a record: RATE -1 needs R, SS needs rates that do not read
  /// the time.
  std::optional<exchange::Complaint> complaint(const exchange::DatasetRow& row) const;

  /// Fills missing values from the subject's other records. A covariate that no record of the
  /// subject has is a complaint about its first row.
  std::optional<exchange::Complaint> fill(exchange::DatasetSubject& subject) const;

  sim::Event event(const exchange::DatasetRow& row) const;

  Carry carry() const { return carry_; }

  // Parameters, covariates and dosing values of one record. `etas`: nullptr for the typical
  // subject.
  struct Values {
    std::vector<double> parameters, covariates;
    sim::DosingValues dosing;
    sim::SubjectValues view() const { return {parameters, covariates, dosing}; }
  };
  void values(const exchange::DatasetRow& row, const model::Population& population,
              const Draws* etas, Values& out) const;

 private:
  enum class Kind : std::uint8_t { kParameter, kCovariate, kDosing };
  struct Target {
    Kind kind = Kind::kParameter;
    int index = 0;  // of the parameter or covariate
    model::DosingName dosing;
    Unit unit;  // of the column
  };

  Target target_of(const std::string& name) const;
  bool given(model::DosingItem item, int compartment) const;

  const sim::EventModel* model_;
  std::vector<std::string> columns_;
  std::vector<Target> targets_;
  Carry carry_;
  bool reads_time_;
};

}  // namespace dosewright::simulate
