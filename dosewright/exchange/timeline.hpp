// Readers of one patient's timeline. Each hands on the entries of a file in the order of the file.
#pragma once

#include <string>
#include <string_view>

#include "dosewright/exchange/entry.hpp"

namespace dosewright::exchange {

struct ReadOptions {
  std::string subject;                        // SDTM: USUBJID; "" where the files hold one subject
  std::atomic<std::int64_t>* read = nullptr;  // entries so far, for a progress line; may be null
};

// Own CSV: header date,kind,code,value,unit,uln,lln,until,text in any order; date and kind needed.
Reading read_csv_timeline(std::string_view text, const std::string& file, const Sink& sink);

// Own JSON: {"patient": ..., "birth": ..., "sex": ..., "facts": [{"date": ..., "kind": ...}, ...]}.
Reading read_json_timeline(std::string_view text, const std::string& file, const Sink& sink);

// FHIR R4 Bundle with one Patient; Observation, MedicationAdministration, MedicationStatement,
// Condition and AllergyIntolerance are read, other resources are counted. [HL7 FHIR R4]
Reading read_fhir_bundle(std::string_view text, const std::string& file, const Sink& sink);

// Any of them: a folder is SDTM, .json with a resourceType is FHIR, other .json is own JSON, all
// else is own CSV.
Reading read_timeline(const std::string& path, const Sink& sink, const ReadOptions& options);

}  // namespace dosewright::exchange
