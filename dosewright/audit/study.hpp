// The files of a study as records by subject. Private to the module.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dosewright/audit/audit.hpp"
#include "dosewright/audit/spool.hpp"
#include "dosewright/decide/vocabulary.hpp"
#include "dosewright/exchange/sdtm.hpp"

namespace dosewright::audit {

// What of a protocol is judged.
struct Scope {
  const protocol::Protocol* protocol = nullptr;
  const protocol::Regimen* regimen = nullptr;
  std::vector<std::pair<std::string, const protocol::Regimen*>> arms;
  std::uint64_t regions_off = 0;    // bit per region
  std::uint64_t schedules = 0;      // bit per schedule that is judged
  std::uint64_t analytes = 0;       // bit per test that a judged rule or schedule asks for
  int liver[4] = {-1, -1, -1, -1};  // by kLiverTests: index of the test in the programme
};

// What records share: all of an entry but its time and numbers.
struct Word {
  exchange::Entry entry;
  bool own = false;          // a dose of the programme's drug
  bool named = false;        // a dose of a drug that counts as it
  bool meant = false;        // decide has a meaning for it
  bool alternative = false;  // another cause of liver injury
};

struct Person {
  std::string id, site, arm;
  std::optional<Minutes> ends, disposed, last_exposure;  // ends of days
  std::optional<Minutes> reference;                      // RFSTDTC: day 1 of the study
  std::vector<std::string> why, notes;
  int more_why = 0, more_notes = 0;
};

class Study {
 public:
  Study(const Request& request, const Scope& scope)
      : request_(request),
        scope_(scope),
        meaning_(*request.programme),
        spool_(request.spill_above) {}

  // Faults are of the files; false in `interrupted` unless the request was told to stop.
  Result<Done> read();

  bool interrupted() const { return request_.stop != nullptr && request_.stop->load(); }
  const std::vector<Person>& people() const { return people_; }
  std::vector<Person>& people() { return people_; }
  const Word& word(const Record& record) const { return words_[record.what]; }
  exchange::Entry entry(const Record& record) const;
  Spool& spool() { return spool_; }
  std::uint64_t measured() const { return measured_; }  // bit per test of which there is a result
  std::int64_t rows() const { return rows_; }
  const std::map<std::string, std::int64_t>& passed_over() const { return passed_over_; }
  const std::map<std::string, std::int64_t>& treatments() const { return treatments_; }

 private:
  enum Domain : std::int32_t { kLb, kDm, kEx, kAe, kCm, kDs };
  struct Table {
    Domain domain;
    const std::string* path;
    std::vector<const char*> needs;  // columns
  };

  void read_table(const Table& table, Faults& faults);
  void read_row(Domain domain, const exchange::TableRow& row);
  void read_entries(exchange::SdtmDomain domain, const exchange::TableRow& row);
  void read_person(const exchange::TableRow& row);
  void read_disposition(const exchange::TableRow& row);
  void tell_open_end(const exchange::TableRow& row);
  void day_end(const exchange::TableRow& row, const char* column, std::optional<Minutes>& latest);
  bool is_asked(const exchange::TableRow& row);
  bool find_person(const exchange::TableRow& row);
  void keep(exchange::Entry&& entry);
  std::uint32_t word_of(exchange::Entry&& entry);
  void weigh(Word& word);
  void note(std::string text);
  void blame(const Faults& faults);
  const std::string& path_of(std::int32_t domain) const;

  const Request& request_;
  const Scope& scope_;
  decide::Meaning meaning_;
  Spool spool_;
  std::vector<Person> people_;
  std::vector<Word> words_;
  std::unordered_map<std::string, std::uint32_t> person_of_, index_of_word_;
  std::unordered_map<std::string, bool> asked_;  // tests of LB
  std::uint32_t now_ = 0;                        // the person of the row
  Domain domain_ = kLb;
  std::string key_;
  std::int64_t rows_ = 0;
  bool full_ = false;  // the disk
  std::uint64_t measured_ = 0;
  std::map<std::string, std::int64_t> passed_over_, treatments_;
};

}  // namespace dosewright::audit
