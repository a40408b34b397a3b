#include "dosewright/simulate/run.hpp"

#include <fmt/format.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "dosewright/base/stream.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::simulate {
namespace {

namespace tbb = oneapi::tbb;

constexpr std::size_t kRowsInFlight = 20'000;
constexpr std::size_t kMostFailures = 100;
constexpr std::uint32_t kEtaStream = 0xD0520001;
constexpr std::uint32_t kReadingStream = 0xD0520002;

// What is ready of one subject.
struct Finished {
  std::vector<OutputRow> rows;
  std::optional<FailedSubject> failure;
};

struct Plan {
  const sim::EventModel* model;
  const Binding* binding;
  const model::Population* population;
  const Request* request;
  const Layout* layout;
};

// One thread's engine. Values that stay the same from record to record are computed once.
class Worker {
 public:
  explicit Worker(const Plan& plan) : plan_(plan), subject_(*plan.model, plan.request->engine) {}

  Finished simulate(const exchange::DatasetSubject& data) {
    const Draws etas(plan_.request->seed, static_cast<std::uint64_t>(data.number), kEtaStream);
    etas_ = plan_.request->random_subjects ? &etas : nullptr;
    Finished finished;
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
      step(data, i);
      const exchange::DatasetRow& row = data.rows[i];
      finished.rows.push_back({&row, written(), readings(data, i)});
      if (!subject_.status().ok && !finished.failure) {
        finished.failure = FailedSubject{data.id, row.number, subject_.status().reason};
      }
    }
    etas_ = nullptr;
    return finished;
  }

 private:
  void step(const exchange::DatasetSubject& data, std::size_t i) {
    const exchange::DatasetRow& row = data.rows[i];
    const bool same = i > 0 && std::ranges::equal(row.values, data.rows[i - 1].values);
    if (!same) plan_.binding->values(row, *plan_.population, etas_, values_);
    if (i == 0) subject_.begin(values_.view(), row.time);
    const bool backward = plan_.binding->carry() == Carry::kBackward;
    if (!same && i > 0 && backward) subject_.set_values(values_.view());
    if (row.evid != 3 && row.evid != 4) subject_.advance(row.time);
    if (!same && i > 0 && !backward) subject_.set_values(values_.view());
    subject_.apply(plan_.binding->event(row));
  }

  std::vector<double> written() {
    std::vector<double> values;
    const auto& quantities = plan_.layout->quantities;
    for (std::size_t i = 0; i < quantities.size(); ++i) {
      values.push_back(quantities[i].unit.from_canonical(subject_.output(static_cast<int>(i))));
    }
    return values;
  }

  // Assay error on what was observed; other records have no reading.
  std::vector<double> readings(const exchange::DatasetSubject& data, std::size_t i) {
    const auto& labs = plan_.layout->labs;
    std::vector<double> result(labs.size(), std::numeric_limits<double>::quiet_NaN());
    if (data.rows[i].evid != 0) return result;
    const model::Model& model = *plan_.model->model;
    for (std::size_t k = 0; k < labs.size(); ++k) {
      const model::LabModel& lab = model.labs[static_cast<std::size_t>(labs[k])];
      const auto& quantities = plan_.layout->quantities;
      const auto found = std::ranges::find(quantities, lab.output_name, &sim::Quantity::name);
      const double value = subject_.output(static_cast<int>(found - quantities.begin()));
      const Draws noise(plan_.request->seed, static_cast<std::uint64_t>(data.number),
                        kReadingStream + static_cast<std::uint32_t>(labs[k]));
      result[k] = lab.unit.from_canonical(
          model::draw_reading(lab, value, noise, static_cast<std::uint32_t>(i)));
    }
    return result;
  }

  Plan plan_;
  sim::EventSubject subject_;
  Binding::Values values_;
  const Draws* etas_ = nullptr;
};

std::vector<std::string> wanted_outputs(const ModelSource& source, const Request& request) {
  if (request.outputs.empty()) return source.outputs;
  if (request.outputs.size() == 1 && request.outputs.front() == "all") {
    std::vector<std::string> names;
    for (const lang::Symbol& symbol : source.model.states) names.push_back(symbol.name);
    for (const lang::Symbol& symbol : source.model.equations.definition_symbols) {
      names.push_back(symbol.name);
    }
    return names;
  }
  return request.outputs;
}

Layout layout_of(const ModelSource& source, const Request& request, const sim::EventModel& model,
                 const exchange::Dataset& dataset) {
  Layout layout;
  layout.format = request.format;
  layout.model = source.name;
  layout.carried = dataset.carried_names();
  layout.add_evid = !dataset.has(exchange::Item::kEvid);
  layout.quantities = model.quantities;
  if (!request.random_readings) return layout;
  for (std::size_t i = 0; i < source.model.labs.size(); ++i) {
    const model::LabModel& lab = source.model.labs[i];
    const auto found = std::ranges::find(model.quantities, lab.output_name, &sim::Quantity::name);
    if (found == model.quantities.end()) continue;
    layout.labs.push_back(static_cast<int>(i));
    layout.reading_names.push_back("DV_" + lab.code);
  }
  return layout;
}

// A column of the output may have one name only.
Faults name_clashes(const Layout& layout, const std::string& file) {
  Faults faults;
  const std::vector<std::string> names = layout.columns();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) ==
        names.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;
    }
    faults.add({file, 0, 0}, fmt::format("the output would have two columns '{}'", names[i]),
               "drop --keep " + names[i] + ", or choose other --outputs");
  }
  return faults;
}

class Runner {
 public:
  Runner(exchange::Dataset& dataset, AsideFile& file, const Plan& plan)
      : dataset_(dataset),
        file_(file),
        plan_(plan),
        workers_([plan] { return std::make_unique<Worker>(plan); }) {}

  Result<Summary> run() {
    DW_TRY(begun, file_.write(plan_.layout->begin()));
    static_cast<void>(begun);
    while (!interrupted() && read_batch()) {
      if (!dataset_.good()) continue;  // no use in numbers that nobody will see: find all faults
      compute();
      DW_TRY(written, write_batch());
      static_cast<void>(written);
    }
    summary_.interrupted = interrupted();
    if (summary_.interrupted) return summary_;
    if (!dataset_.good()) return dataset_.faults();
    DW_TRY(ended, file_.write(plan_.layout->end()));
    static_cast<void>(ended);
    DW_TRY(committed, file_.commit());
    static_cast<void>(committed);
    return summary_;
  }

 private:
  bool interrupted() const { return plan_.request->stop != nullptr && plan_.request->stop->load(); }

  bool read_batch() {
    batch_.clear();
    std::size_t rows = 0;
    exchange::DatasetSubject subject;
    while (rows < kRowsInFlight && dataset_.next(subject)) {
      rows += subject.rows.size();
      if (const auto complaint = plan_.binding->fill(subject)) {
        dataset_.add_fault(subject.rows.front(), *complaint);
      }
      batch_.push_back(std::move(subject));
      subject = {};
    }
    return !batch_.empty();
  }

  void compute() {
    finished_.assign(batch_.size(), {});
    tbb::parallel_for(std::size_t{0}, batch_.size(), [this](std::size_t i) {
      finished_[i] = workers_.local()->simulate(batch_[i]);
      if (plan_.request->done != nullptr) plan_.request->done->fetch_add(1);
    });
  }

  Result<Done> write_batch() {
    std::string text;
    for (const Finished& finished : finished_) {
      for (const OutputRow& row : finished.rows) {
        plan_.layout->append(text, row, summary_.records == 0);
        ++summary_.records;
      }
      ++summary_.subjects;
      if (!finished.failure) continue;
      ++summary_.failed_subjects;
      if (summary_.failures.size() < kMostFailures) summary_.failures.push_back(*finished.failure);
    }
    return file_.write(text);
  }

  exchange::Dataset& dataset_;
  AsideFile& file_;
  Plan plan_;
  tbb::enumerable_thread_specific<std::unique_ptr<Worker>> workers_;
  std::vector<exchange::DatasetSubject> batch_;
  std::vector<Finished> finished_;
  Summary summary_;
};

}  // namespace

Result<Summary> run(const ModelSource& source, const Request& request) {
  Faults faults;
  sim::EventModel model;
  auto prepared = sim::prepare(source.model, wanted_outputs(source, request));
  if (prepared.ok()) {
    model = std::move(*prepared);
  } else {
    faults.merge(prepared.faults());
    model.model = &source.model;
  }
  auto dataset = exchange::Dataset::open(request.data, {request.comment,
                                                        request.columns,
                                                        request.ignore,
                                                        request.keep,
                                                        column_names(model),
                                                        model.state_names(),
                                                        {}});
  if (!dataset.ok()) faults.merge(dataset.faults());
  if (!faults.empty()) return faults;
  const Binding binding(model, dataset->value_names(), request.carry);
  dataset->set_check([&binding](const auto& row) { return binding.complaint(row); });
  const Layout layout = layout_of(source, request, model, *dataset);
  if (faults = name_clashes(layout, request.data); !faults.empty()) return faults;
  DW_TRY(file, AsideFile::open(request.out));

  const auto threads =
      request.threads > 0
          ? static_cast<std::size_t>(request.threads)
          : tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  const model::Population population = model::typical_population(source.model);
  auto result =
      Runner(*dataset, file, Plan{&model, &binding, &population, &request, &layout}).run();
  if (!result.ok()) return result.faults();
  result->columns = layout.columns();
  result->exact = sim::EventSubject(model, request.engine).exact();
  return result;
}

}  // namespace dosewright::simulate
