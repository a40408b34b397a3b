#include "dosewright/molecule/peak_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "dosewright/base/csv.hpp"
#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::molecule {

namespace {

const std::vector<std::string> kColumns = {"mass", "mz", "charge", "intensity"};

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

class PeakReader {
 public:
  explicit PeakReader(CsvTable table) : table_(std::move(table)), faults_(table_.faults) {}

  Result<std::vector<Peak>> read() {
    check_header();
    if (!faults_.empty()) return all_faults();
    if (table_.rows.empty()) fault({}, "the peak list has no peaks", "write one peak a line");
    if (table_.rows.size() > kMostPeaks) {
      fault({}, fmt::format("{} peaks, at most {} are read", table_.rows.size(), kMostPeaks),
            "pick the peaks above the noise first");
      return faults_;
    }
    std::vector<Peak> peaks;
    peaks.reserve(table_.rows.size());
    for (const CsvRow& row : table_.rows) peaks.push_back(read_row(row));
    if (!faults_.empty()) return all_faults();
    return peaks;
  }

 private:
  // Each fault quotes its line, which is looked for from the start of the file: they are bounded.
  void fault(const CsvField& field, std::string message, std::string hint) {
    if (faults_.size() >= kMostCsvFaults) {
      ++left_out_;
      return;
    }
    faults_.add(table_.fault(field.line, field.column, std::move(message), std::move(hint)));
  }

  Faults all_faults() {
    if (left_out_ > 0) {
      faults_.add(
          table_.fault(0, 0, fmt::format("{} more faults are not listed here", left_out_), ""));
    }
    return std::move(faults_);
  }

  int column(std::string_view name) const {
    const auto found = std::ranges::find(table_.header, name);
    return found == table_.header.end() ? -1 : static_cast<int>(found - table_.header.begin());
  }

  void check_header() {
    for (const std::string& name : kColumns) {
      if (std::ranges::count(table_.header, name) < 2) continue;
      fault({"", 1, 1}, fmt::format("the column {} stands twice", name), "keep the one that holds");
    }
    for (const std::string& name : table_.header) {
      if (std::ranges::find(kColumns, name) != kColumns.end()) continue;
      fault({"", 1, 1}, fmt::format("'{}' is not a column of a peak list", shown_text(name)),
            "columns are mass (neutral, Da), or mz and charge, and intensity");
    }
    const bool neutral = column("mass") >= 0, ions = column("mz") >= 0;
    if (neutral == ions || (ions && column("charge") < 0)) {
      fault({"", 1, 1}, "a peak list needs a column mass, or the two columns mz and charge",
            "m/z without a charge can be many masses");
    }
  }

  double read_number(const CsvField& field, std::string_view what) {
    const auto value = number_of<double>(field.text);
    if (value && std::isfinite(*value)) return *value;
    fault(field, fmt::format("{} must be a number, found '{}'", what, shown_text(field.text)),
          "digits with a decimal point: 7172.092");
    return 1;
  }

  Peak read_row(const CsvRow& row) {
    const auto field = [&](int at) -> const CsvField& {
      return row.fields[static_cast<std::size_t>(at)];
    };
    const std::size_t before = faults_.size();
    Peak peak;
    const bool neutral = column("mass") >= 0;
    const CsvField& value = field(column(neutral ? "mass" : "mz"));
    peak.value = read_number(value, neutral ? "a mass" : "an m/z");
    if (!neutral) peak.charge = read_charge(field(column("charge")));
    if (const int at = column("intensity"); at >= 0 && !trim(field(at).text).empty()) {
      peak.intensity = read_number(field(at), "an intensity");
      peak.has_intensity = true;
    }
    if (faults_.size() > before) return peak;
    for (const Fault& found : faults_of(peak)) fault(value, found.message, found.hint);
    return peak;
  }

  int read_charge(const CsvField& field) {
    const auto value = number_of<int>(field.text);
    if (value && *value != 0) return *value;
    fault(field,
          fmt::format("a charge must be a whole number other than 0, found '{}'",
                      shown_text(field.text)),
          "with its sign: -8 for [M-8H]8-");
    return -1;
  }

  CsvTable table_;
  Faults faults_;
  std::size_t left_out_ = 0;
};

}  // namespace

Result<std::vector<Peak>> parse_peaks(const std::string& text, const std::string& file) {
  return PeakReader(read_csv(text, file)).read();
}

Result<std::vector<Peak>> read_peaks(const std::string& file) {
  DW_TRY(text, read_text(file));
  return parse_peaks(text, file);
}

}  // namespace dosewright::molecule
