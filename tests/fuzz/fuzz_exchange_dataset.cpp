// The dataset reader over any bytes: no crash, no hang, and a file without faults reads whole.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "dosewright/exchange/dataset.hpp"

namespace {

std::string written(const std::uint8_t* data, std::size_t size) {
  static const std::string path = "/tmp/dosewright_fuzz." + std::to_string(getpid());
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr || std::fwrite(data, 1, size, file) != size) std::abort();
  std::fclose(file);
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dosewright;
  exchange::DatasetOptions options;
  options.comment = size > 0 && data[0] % 2 == 0 ? "@" : "";
  options.names = {"CL", "WT"};
  options.compartments = {"DEPOT", "CENTRAL"};
  auto dataset = exchange::Dataset::open(written(data, size), options);
  if (!dataset.ok()) return 0;
  exchange::DatasetSubject subject;
  std::int64_t rows = 0;
  while (dataset->next(subject)) {
    if (subject.rows.empty()) std::abort();
    for (const auto& row : subject.rows) {
      ++rows;
      if (row.values.size() != dataset->value_names().size()) std::abort();
      if (row.is_dose() && row.addl > 0 && !(row.ii > 0)) std::abort();
      if (row.cmt < -2 || row.cmt > 2) std::abort();
    }
  }
  if (dataset->good() && rows != dataset->rows()) std::abort();
  return 0;
}
