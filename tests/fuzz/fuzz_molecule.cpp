// Any bytes, as a molecule in each notation: read; what was read is written in every notation; HELM
// must hold all of it, and no writer may write something that reads back as another substance
// without saying so. The first byte chooses the notation, or that it is to be found out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/notation.hpp"
#include "dosewright/molecule/write.hpp"

namespace {

using namespace dosewright;
using namespace dosewright::molecule;

constexpr Format kNotations[] = {Format::kHelm,     Format::kHelmEditor, Format::kIdt,
                                 Format::kAxolabs,  Format::kCase,       Format::kName,
                                 Format::kShorthand};

// What HELM has no place for.
bool is_beside_the_structure(const std::string& loss) {
  return loss.find("name") != std::string::npos || loss.find("sodium") != std::string::npos;
}

void check_written(const Molecule& molecule) {
  for (const Format format : kNotations) {
    const auto written = write(molecule, format);
    if (format == Format::kHelm && !written.ok()) std::abort();
    if (!written.ok()) continue;
    if (format != Format::kHelm && format != Format::kHelmEditor) continue;
    for (const std::string& loss : written->lost) {
      if (!is_beside_the_structure(loss)) std::abort();
    }
  }
}

void check_readable(const Faults& faults) {
  for (const Fault& fault : faults) {
    if (fault.message.empty() || fault.place.line < 1 || fault.place.column < 1) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  ReadOptions options;
  const std::size_t n = dialect_names().size();
  if (data[0] % (n + 1) < n) options.dialect = static_cast<Dialect>(data[0] % (n + 1));
  options.methyl = data[0] & 0x40 ? Methyl::kAll : Methyl::kAsk;
  if (data[0] & 0x80) options.link = "s";
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto reading = read_notation(text, options);
  if (!reading.ok()) {
    check_readable(reading.faults());
    return 0;
  }
  if (acid_formula(reading->molecule).has_negative()) std::abort();
  check_written(reading->molecule);
  return 0;
}
