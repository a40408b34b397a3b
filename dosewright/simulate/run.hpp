// A dataset through a model: subject by subject as a stream, on all cores, out in the same order.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/sim/event_subject.hpp"
#include "dosewright/simulate/bind.hpp"
#include "dosewright/simulate/model_source.hpp"

namespace dosewright::simulate {

enum class Format : std::uint8_t { kCsv, kJson };

struct Request {
  std::string data, out;
  std::vector<std::string> outputs;  // empty: those of the model; "all": everything it has
  std::string comment;               // as exchange::DatasetOptions
  std::vector<std::pair<std::string, std::string>> columns;
  std::vector<std::string> ignore, keep;
  Carry carry = Carry::kBackward;
  Format format = Format::kCsv;
  sim::EventOptions engine;
  bool random_subjects = false;  // draw between-subject variability
  bool random_readings = false;  // add columns DV_LAB with assay error
  std::uint64_t seed = 1;
  int threads = 0;                            // 0: one per core
  const std::atomic<bool>* stop = nullptr;    // set: end early, write nothing
  std::atomic<std::int64_t>* done = nullptr;  // counts subjects
};

// A subject whose numbers ended: its predictions are missing from that record on.
struct FailedSubject {
  std::string id;
  std::int64_t row = 0;  // of the dataset
  std::string reason;
};

struct Summary {
  std::int64_t subjects = 0, records = 0;
  bool exact = false;  // moved by matrix exponentials
  bool interrupted = false;
  std::vector<std::string> columns;  // of the output
  std::int64_t failed_subjects = 0;
  std::vector<FailedSubject> failures;  // the first 100
};

/// Faults, all of them: the dataset's columns and rows, unknown outputs, a file that cannot be
/// written. The output file appears only when everything went well.
Result<Summary> run(const ModelSource& source, const Request& request);

// One record on its way out; private to the module.
struct OutputRow {
  const exchange::DatasetRow* row = nullptr;
  std::vector<double> values;    // in the units of the columns; NaN is written as missing
  std::vector<double> readings;  // of DV_ columns
};

// What the columns of the output are, and how a record is written.
struct Layout {
  Format format = Format::kCsv;
  std::string model;
  std::vector<std::string> carried;
  bool add_evid = false;  // the dataset has no such column
  std::vector<sim::Quantity> quantities;
  std::vector<int> labs;  // of the model, whose readings are drawn
  std::vector<std::string> reading_names;

  std::vector<std::string> columns() const;
  std::string begin() const;
  void append(std::string& out, const OutputRow& row, bool first) const;
  std::string end() const;
};

}  // namespace dosewright::simulate
