#include "dosewright/exchange/timeline.hpp"

#include <filesystem>

#include "dosewright/exchange/json_stream.hpp"
#include "dosewright/exchange/read.hpp"

namespace dosewright::exchange {
namespace {

// A Bundle says so before its entries, in every export that we know; the whole text decides.
bool is_fhir(std::string_view text) {
  const std::size_t key = text.find("\"resourceType\"");
  const std::size_t facts = text.find("\"facts\"");
  return key != std::string_view::npos && key < facts;
}

Reading read_json(const std::string& path, const Sink& sink) {
  const Result<std::string> text = read_json_file(path);
  if (!text.ok()) {
    Reading reading;
    reading.faults = text.faults();
    return reading;
  }
  return is_fhir(*text) ? read_fhir_bundle(*text, path, sink)
                        : read_json_timeline(*text, path, sink);
}

Reading read_csv(const std::string& path, const Sink& sink, const ReadOptions& options) {
  Reading reading;
  Result<CsvStream> stream = CsvStream::open(path, reading.faults);
  if (stream.ok()) {
    read_csv_rows(*stream, path, sink, options.read, reading);
  } else {
    reading.faults.merge(stream.faults());
  }
  return reading;
}

}  // namespace

Reading read_timeline(const std::string& path, const Sink& sink, const ReadOptions& options) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return read_sdtm_folder(path, sink, options);
  if (std::filesystem::path(path).extension() == ".json") return read_json(path, sink);
  return read_csv(path, sink, options);
}

}  // namespace dosewright::exchange
