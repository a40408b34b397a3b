#include "dosewright/trial/sdtm.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/trial/block.hpp"
#include "dosewright/trial/outcome.hpp"
#include "dosewright/trial/run.hpp"

namespace dosewright::trial {
namespace {

constexpr int kVirtualSites = 8;  // patients are dealt out to them in turn

class SdtmTable {
 public:
  SdtmTable(const char* name, const char* header) : name_(name), text_(header) { text_ += '\n'; }

  void add(std::initializer_list<std::string_view> fields) {
    bool first = true;
    for (const std::string_view field : fields) {
      if (!first) text_ += ',';
      first = false;
      add_field(field);
    }
    text_ += '\n';
  }
  std::pair<std::string, std::string> take() { return {name_, std::move(text_)}; }

 private:
  // RFC 4180: quoted only where it must be.
  void add_field(std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
      text_ += field;
      return;
    }
    text_ += '"';
    for (const char c : field) {
      if (c == '"') text_ += '"';
      text_ += c;
    }
    text_ += '"';
  }

  std::string name_, text_;
};

Minutes civil_day(Minutes at) {
  return at >= 0 ? at / kMinutesPerDay : (at - kMinutesPerDay + 1) / kMinutesPerDay;
}

std::string civil_text(Minutes at) {
  const Date first = *parse_date(kFirstDay);
  return to_text(Date{first.days_since_1970 + static_cast<std::int32_t>(civil_day(at))});
}

std::string instant_text(Minutes at) {
  const Minutes minute = at - civil_day(at) * kMinutesPerDay;
  return fmt::format("{}T{:02}:{:02}", civil_text(at), minute / 60, minute % 60);
}

class SdtmExporter {
 public:
  SdtmExporter(const programme::Programme& programme, const Design& design, std::uint64_t seed)
      : programme_(programme), design_(design), seed_(seed) {}

  std::vector<std::pair<std::string, std::string>> files() {
    int n = 0;
    for (const Arm& arm : design_.arms) n += arm.n;
    const auto population = model::draw_population(
        programme_.model, {seed_, 0, static_cast<std::uint32_t>(design_.trial_number), true});
    PatientBlock block(programme_, design_, {.seed = seed_});
    for (int first = 0; first < n; first += PatientBlock::kMost) {
      std::vector<PatientBlock::Member> members;
      for (int i = first; i < std::min(n, first + PatientBlock::kMost); ++i) {
        members.push_back({patient_id({design_.trial_number, 0, i}), arm_of(design_, i)});
      }
      block.run(population, members);
      for (std::size_t i = 0; i < members.size(); ++i) {
        record_ = block.record(static_cast<int>(i));
        if (record_.status != num::Status::kOk) continue;
        subject_ = fmt::format("{}-{}", design_.name, members[i].id);
        add_patient(first + static_cast<int>(i));
      }
    }
    return {dm_.take(), ex_.take(), lb_.take(), ae_.take(), ds_.take()};
  }

 private:
  void add_patient(int index) {
    const Arm& arm = design_.arms[static_cast<std::size_t>(record_.arm)];
    const auto given = doses();
    dm_.add({design_.name, "DM", subject_, std::to_string(record_.id), civil_text(0),
             civil_text(design_.end), given.empty() ? "" : instant_text(given.front()->at),
             given.empty() ? "" : instant_text(given.back()->at), instant_text(design_.end),
             fmt::format("V{:02}", index % kVirtualSites + 1), arm.name});
    int number = 0;
    for (const DoseEntry* dose : given) add_dose(*dose, ++number);
    number = 0;
    for (const Reading& reading : record_.readings) add_reading(reading, ++number);
    add_events();
    const Minutes end = record_.discontinued ? record_.discontinued_at : design_.treatment;
    ds_.add({design_.name, "DS", subject_, "1",
             record_.discontinued ? record_.cause : std::string_view("COMPLETED"),
             record_.discontinued ? "OTHER" : "COMPLETED", "DISPOSITION EVENT",
             instant_text(std::min(end, design_.end))});
  }

  std::vector<const DoseEntry*> doses() const {
    std::vector<const DoseEntry*> given;
    for (const DoseEntry& dose : record_.doses) {
      if (injected(dose)) given.push_back(&dose);
    }
    return given;
  }

  void add_dose(const DoseEntry& dose, int number) {
    const bool placebo = dose.planned_mg == 0;
    const std::string at = instant_text(dose.at);
    ex_.add({design_.name, "EX", subject_, std::to_string(number),
             placebo ? std::string_view("PLACEBO") : programme_.identity.name, number_text(dose.mg),
             "mg", "ONCE", at, at});
  }

  void add_reading(const Reading& reading, int number) {
    const auto& analyte =
        design_.protocol->vocabulary.analytes[static_cast<std::size_t>(reading.analyte)];
    const auto shown = [&](double canonical) {
      return number_text(analyte.unit.from_canonical(canonical));
    };
    const std::string value = shown(reading.value);
    const std::string high = reading.uln > 0 ? shown(reading.uln) : "";
    const std::string low = analyte.lln > 0 ? shown(analyte.lln) : "";
    lb_.add({design_.name, "LB", subject_, std::to_string(number), analyte.code, analyte.title,
             value, analyte.unit.code, low, high, value, value, analyte.unit.code, low, high,
             analyte.loinc, instant_text(reading.at)});
  }

  void add_events() {
    int number = 0;
    for (const EventEntry& event : record_.events) {
      const auto& model = programme_.model.events[static_cast<std::size_t>(event.event)];
      add_event(model.title, term_of(model.title), event.at, ++number);
    }
    for (const HazardEntry& hazard : record_.hazards) {
      const auto& model = programme_.model.hazards[static_cast<std::size_t>(hazard.hazard)];
      if (!model.discontinues.empty()) continue;  // stands in DS
      const std::string term =
          model.sets_sign.empty() ? term_of(model.title) : title_of(model.sets_sign);
      add_event(model.title, term, hazard.at, ++number);
    }
  }

  void add_event(const std::string& title, const std::string& term, Minutes at, int number) {
    ae_.add({design_.name, "AE", subject_, std::to_string(number), title, term, instant_text(at)});
  }

  // The term by which the programme's own facts know an event; its title where none is near.
  std::string term_of(const std::string& title) const {
    std::vector<std::string> terms;
    for (const auto& fact : programme_.facts) {
      if (fact.title == title) return title;
      terms.insert(terms.end(), fact.terms.begin(), fact.terms.end());
    }
    const std::string near = nearest_name(title, terms);
    return near.empty() ? title : near;
  }

  std::string title_of(const std::string& sign) const {
    const auto* fact = programme_.fact(sign);
    return fact == nullptr ? sign : fact->title;
  }

  const programme::Programme& programme_;
  const Design& design_;
  std::uint64_t seed_;
  PatientRecord record_;
  std::string subject_;
  SdtmTable dm_{
      "dm.csv",
      "STUDYID,DOMAIN,USUBJID,SUBJID,RFSTDTC,RFENDTC,RFXSTDTC,RFXENDTC,RFPENDTC,SITEID,ARM"};
  SdtmTable ex_{"ex.csv",
                "STUDYID,DOMAIN,USUBJID,EXSEQ,EXTRT,EXDOSE,EXDOSU,EXDOSFRQ,EXSTDTC,EXENDTC"};
  SdtmTable lb_{"lb.csv",
                "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST,LBORRES,LBORRESU,LBORNRLO,LBORNRHI,"
                "LBSTRESC,LBSTRESN,LBSTRESU,LBSTNRLO,LBSTNRHI,LBLOINC,LBDTC"};
  SdtmTable ae_{"ae.csv", "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AEDECOD,AESTDTC"};
  SdtmTable ds_{"ds.csv", "STUDYID,DOMAIN,USUBJID,DSSEQ,DSTERM,DSDECOD,DSCAT,DSSTDTC"};
};

}  // namespace

std::vector<std::pair<std::string, std::string>> sdtm_files(const programme::Programme& programme,
                                                            const Design& design,
                                                            std::uint64_t seed) {
  return SdtmExporter(programme, design, seed).files();
}

}  // namespace dosewright::trial
