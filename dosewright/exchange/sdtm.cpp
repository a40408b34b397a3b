// SDTM [CDISC-SDTM]: the domains of one subject from a folder with lb, ex, dm, ae, cm and ds, each
// as .csv or .xpt. Rows of other subjects are passed over; which subject must be said where there
// are several. What a row says: sdtm_rows.cpp.
#include "dosewright/exchange/sdtm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/read.hpp"
#include "dosewright/exchange/table.hpp"

namespace dosewright::exchange {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

class Reader {
 public:
  Reader(std::string folder, const Sink& sink, const ReadOptions& options, Reading& reading)
      : folder_(std::move(folder)), sink_(sink), options_(options), reading_(reading) {}

  void read() {
    domain("dm", SdtmDomain::kDm);
    domain("lb", SdtmDomain::kLb);
    domain("ex", SdtmDomain::kEx);
    domain("ae", SdtmDomain::kAe);
    domain("cm", SdtmDomain::kCm);
    domain("ds", SdtmDomain::kDs);
    if (!any_) {
      reading_.faults.add({folder_, 0, 0}, "expected files of SDTM, found none",
                          "the folder holds lb, ex, dm, ae, cm, ds, each as .csv or .xpt");
    }
    if (subjects_.size() > 1 && options_.subject.empty()) {
      reading_.faults.add({folder_, 0, 0},
                          fmt::format("the files hold {} subjects", subjects_.size()),
                          "name one with --subject, for example " + *subjects_.begin());
    } else if (any_ && !options_.subject.empty() && !subjects_.contains(options_.subject)) {
      const std::vector<std::string> known(subjects_.begin(), subjects_.end());
      const std::string near = nearest_name(options_.subject, known);
      reading_.faults.add({folder_, 0, 0}, "no row is about subject '" + options_.subject + "'",
                          near.empty() ? "" : "did you mean '" + near + "'?");
    }
    reading_.patient = subjects_.size() == 1 ? *subjects_.begin() : options_.subject;
  }

 private:
  std::string path_of(const std::string& name) const {
    std::error_code error;
    for (const char* ending : {".csv", ".xpt"}) {
      for (fs::directory_iterator it(folder_, error), end; !error && it != end;
           it.increment(error)) {
        if (lower(it->path().filename().string()) == name + ending) return it->path().string();
      }
    }
    return {};
  }

  void domain(const std::string& name, SdtmDomain which) {
    const std::string path = path_of(name);
    if (path.empty()) return;
    any_ = true;
    FaultList list(reading_.faults);
    const Sink to_sink = [this](Entry&& entry) { hand_on(std::move(entry)); };
    TableVisitor visitor;
    visitor.start = [](const TableRow& names, FaultList& faults) {
      if (names.column("USUBJID") >= 0) return true;
      faults.add({names.place(), "the column USUBJID is missing", "it says whose row it is", ""});
      return false;
    };
    visitor.row = [&](const TableRow& row, FaultList& faults) {
      const std::string whose(row.field("USUBJID"));
      if (subjects_.size() < 100'000) subjects_.insert(whose);
      if (!options_.subject.empty() && whose != options_.subject) return;
      read_sdtm_row(which, row, to_sink, {reading_.passed_over, faults});
      if (which != SdtmDomain::kDm) return;
      read_sdtm_row(SdtmDomain::kDeath, row, to_sink, {reading_.passed_over, faults});
    };
    read_table(path, visitor, list);
  }

  void hand_on(Entry&& entry) {
    ++reading_.entries;
    if (options_.read != nullptr) options_.read->store(reading_.entries, std::memory_order_relaxed);
    sink_(std::move(entry));
  }

  std::string folder_;
  const Sink& sink_;
  const ReadOptions& options_;
  Reading& reading_;
  std::set<std::string> subjects_;
  bool any_ = false;
};

}  // namespace

Reading read_sdtm_folder(const std::string& folder, const Sink& sink, const ReadOptions& options) {
  Reading reading;
  Reader(folder, sink, options, reading).read();
  return reading;
}

}  // namespace dosewright::exchange
