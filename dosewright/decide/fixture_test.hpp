// The programme of mipomersen, loaded once, and patients from texts.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "dosewright/decide/answer.hpp"

namespace dosewright::decide {

inline const programme::Programme& mipomersen() {
  static const auto loaded =
      programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  REQUIRE_MESSAGE(loaded.ok(), to_text(loaded.ok() ? Faults() : loaded.faults()));
  return *loaded;
}

class File {
 public:
  explicit File(const std::string& text, const std::string& ending = ".csv") {
    static int number = 0;
    path_ = (std::filesystem::temp_directory_path() /
             ("dosewright_decide_" + std::to_string(::getpid()) + "_" + std::to_string(++number) +
              ending))
                .string();
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline const std::string kHeader = "date,kind,code,value,unit,uln,until,text\n";

// The four tests of the liver panel, ALT as given.
inline std::string panel(const std::string& date, const std::string& alt) {
  return date + ",lab,ALT," + alt + ",U/L,41,,\n" + date + ",lab,AST,25,U/L,41,,\n" + date +
         ",lab,ALP,70,U/L,120,,\n" + date + ",lab,BILI,0.6,mg/dL,1.2,,\n";
}

inline std::string dose(const std::string& date) {
  return date + ",dose,,200,mg,,,\n";
}

// What has to be known before the first dose under the label, all of it in favour.
inline std::string eligible() {
  std::string text = "1970-01-31,birth,,,,,,\n";
  for (const char* yes : {"hofh", "prescriber_certified", "pharmacy_certified", "patient_enrolled",
                          "prescription_authorised"}) {
    text += std::string("2013-04-01,fact,") + yes + ",yes,,,,\n";
  }
  for (const char* no :
       {"hefh", "hypersensitivity", "child_pugh_b_or_c", "child_pugh_a", "active_liver_disease",
        "unexplained_transaminase_elevation", "apheresis", "severe_renal_impairment",
        "significant_proteinuria", "haemodialysis", "lomitapide", "hepatotoxic_medicine",
        "fat_raising_medicine", "pregnant", "childbearing_potential"}) {
    text += std::string("2013-04-01,fact,") + no + ",no,,,,\n";
  }
  return text + "2013-04-01,fact,alcohol_drinks,0,,,,\n";
}

inline Minutes day(const std::string& date) {
  return *exchange::parse_wall_clock(date);
}

inline PatientRequest request_at(const std::string& path, const std::string& at) {
  PatientRequest request;
  request.path = path;
  request.at = day(at);
  request.whole_day = at.size() == 10;
  return request;
}

inline Result<Patient> patient_of(const std::string& rows, const std::string& at) {
  const File file(kHeader + rows);
  return read_patient(mipomersen(), request_at(file.path(), at));
}

inline Answer answer_of(const std::string& rows, const std::string& at,
                        const std::string& profile = "label", const std::string& where = "") {
  const auto patient = patient_of(rows, at);
  REQUIRE_MESSAGE(patient.ok(), to_text(patient.ok() ? Faults() : patient.faults()));
  auto answered = answer({&mipomersen(), profile, "", where, day(at)}, *patient);
  REQUIRE_MESSAGE(answered.ok(), to_text(answered.ok() ? Faults() : answered.faults()));
  return *answered;
}

inline void refused(const std::string& rows, const std::string& part) {
  const auto patient = patient_of(rows, "2013-06-01");
  REQUIRE_MESSAGE(!patient.ok(), part);
  const std::string text = to_text(patient.faults());
  CHECK_MESSAGE(text.find(part) != std::string::npos, "expected '", part, "' in:\n", text);
}

}  // namespace dosewright::decide
