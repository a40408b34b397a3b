// What does an audit cost beside reading its largest file alone? Both in one process, interleaved,
// over the same rows; the counter `ratio` is audit / reading, in processor time.
// DOSEWRIGHT_BENCH_ROWS says how many rows (100 000 unless told); they lie in the temporary folder
// while the bench runs.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

#include "dosewright/audit/audit.hpp"
#include "dosewright/base/check.hpp"
#include "dosewright/exchange/table.hpp"

namespace dosewright::audit {
namespace {

constexpr int kVisits = 20;
constexpr const char* kTests[] = {"ALT", "AST", "BILI", "ALP", "GGT"};

// Subjects with twenty visits of five tests each, with the columns of a usual LB; every twentieth
// subject passes 5 ULN once.
class Study {
 public:
  explicit Study(int rows)
      : path_((std::filesystem::temp_directory_path() /
               ("dosewright_audit_bench_" + std::to_string(::getpid()) + ".csv"))
                  .string()) {
    std::ofstream out(path_);
    out << "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST,LBCAT,LBORRES,LBORRESU,LBSTRESN,LBSTRESU,"
           "LBSTNRLO,LBSTNRHI,VISITNUM,VISIT,LBDTC\n";
    for (int subject = 0; rows_ < rows; ++subject) write(out, subject);
  }
  ~Study() { std::filesystem::remove(path_); }
  Study(const Study&) = delete;
  Study& operator=(const Study&) = delete;
  const std::string& path() const { return path_; }
  std::int64_t rows() const { return rows_; }

 private:
  void write(std::ofstream& out, int subject) {
    char line[240];
    for (int visit = 0; visit < kVisits; ++visit) {
      for (int test = 0; test < 5; ++test) {
        const bool high = subject % 20 == 0 && visit == 9 && test == 0;
        const std::string date = to_text(Date{15'000 + 28 * visit});
        std::snprintf(
            line, sizeof line,
            "S-01,LB,S-01-%07d,%d,%s,%s test,CHEMISTRY,%d,U/L,%d,%s,5,%d,%d,VISIT %d,%s\n", subject,
            5 * visit + test, kTests[test], kTests[test], high ? 250 : 20, high ? 250 : 20,
            test == 2 ? "umol/L" : "U/L", 41, visit, visit, date.c_str());
        out << line;
        ++rows_;
      }
    }
  }

  std::string path_;
  std::int64_t rows_ = 0;
};

std::int64_t read_alone(const std::string& path) {
  Faults faults;
  exchange::FaultList list(faults);
  std::int64_t rows = 0;
  exchange::TableVisitor visitor;
  visitor.start = [](const exchange::TableRow&, exchange::FaultList&) { return true; };
  visitor.row = [&](const exchange::TableRow&, exchange::FaultList&) { ++rows; };
  exchange::read_table(path, visitor, list);
  return rows;
}

// Of the processor, not of the wall: both run on one thread, and the machine may be busy.
double seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

void audit_beside_reading(benchmark::State& state) {
  const char* asked = std::getenv("DOSEWRIGHT_BENCH_ROWS");
  const Study study(asked == nullptr ? 100'000 : std::atoi(asked));
  const auto programme =
      programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  DW_CHECK(programme.ok());
  Request request;
  request.programme = &*programme;
  request.regions = {"hepatic"};
  request.lb = study.path();
  double reading = 0;
  double auditing = 0;
  for (auto _ : state) {
    const double start = seconds();
    DW_CHECK(read_alone(study.path()) == study.rows());
    const double between = seconds();
    reading += between - start;
    const auto found = run(request);
    auditing += seconds() - between;
    DW_CHECK(found.ok() && found->rows == study.rows());
    DW_CHECK(found->subjects.size() == static_cast<std::size_t>(study.rows()) / (5 * kVisits));
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["rows/s"] = rounds * static_cast<double>(study.rows()) / auditing;
  state.counters["read_alone_rows/s"] = rounds * static_cast<double>(study.rows()) / reading;
  state.counters["ratio"] = auditing / reading;
}
BENCHMARK(audit_beside_reading)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dosewright::audit
