// FHIR R4 Bundle [HL7-FHIR-R4]: one Patient and what is known of it. Each resource is parsed alone,
// so a large Bundle is never built whole. What has the wrong type is a fault with its JSON pointer;
// what was entered in error, refuted or not done is passed over and counted.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/json_stream.hpp"
#include "dosewright/exchange/timeline.hpp"

namespace dosewright::exchange {
namespace {

using nlohmann::json;

std::string system_name(const std::string& uri) {
  static constexpr std::pair<std::string_view, std::string_view> kSystems[] = {
      {"http://loinc.org", "LOINC"},
      {"http://snomed.info/sct", "SNOMED CT"},
      {"http://www.nlm.nih.gov/research/umls/rxnorm", "RxNorm"},
      {"http://www.whocc.no/atc", "ATC"},
      {"http://hl7.org/fhir/sid/icd-10", "ICD-10"},
      {"http://hl7.org/fhir/sid/icd-10-cm", "ICD-10"},
      {"https://www.meddra.org", "MedDRA"},
      {"http://terminology.hl7.org/CodeSystem/mdr", "MedDRA"},
  };
  for (const auto& [known, name] : kSystems) {
    if (uri == known) return std::string(name);
  }
  return uri;
}

// One value of a resource with its JSON pointer; asking it for what it is not is a fault.
class Value {
 public:
  using Tell = std::function<void(const std::string& pointer, const std::string& message,
                                  const std::string& hint)>;
  Value(const json* value, std::string pointer, const Tell* tell)
      : value_(value), pointer_(std::move(pointer)), tell_(tell) {}

  bool exists() const { return value_ != nullptr && !value_->is_null(); }
  const std::string& pointer() const { return pointer_; }

  Value operator[](const char* key) const {
    const std::string pointer = pointer_ + "/" + key;
    if (!exists()) return {nullptr, pointer, tell_};
    if (!value_->is_object()) {
      fault("expected an object, found " + std::string(value_->type_name()));
      return {nullptr, pointer, tell_};
    }
    const auto found = value_->find(key);
    return {found == value_->end() ? nullptr : &*found, pointer, tell_};
  }

  std::vector<Value> items() const {
    std::vector<Value> list;
    if (!exists()) return list;
    if (!value_->is_array()) {
      fault("expected an array, found " + std::string(value_->type_name()));
      return list;
    }
    for (std::size_t i = 0; i < value_->size(); ++i) {
      list.emplace_back(&(*value_)[i], fmt::format("{}/{}", pointer_, i), tell_);
    }
    return list;
  }

  std::string text() const {
    if (!exists()) return {};
    if (value_->is_string()) return value_->get<std::string>();
    fault("expected a text, found " + std::string(value_->type_name()));
    return {};
  }

  std::optional<double> number() const {
    if (!exists()) return std::nullopt;
    if (value_->is_number()) return value_->get<double>();
    fault("expected a number, found " + std::string(value_->type_name()));
    return std::nullopt;
  }

  std::optional<bool> boolean() const {
    if (!exists()) return std::nullopt;
    if (value_->is_boolean()) return value_->get<bool>();
    fault("expected true or false, found " + std::string(value_->type_name()));
    return std::nullopt;
  }

  void fault(const std::string& message, const std::string& hint = {}) const {
    (*tell_)(pointer_, message, hint);
  }

 private:
  const json* value_;
  std::string pointer_;
  const Tell* tell_;
};

class Reader {
 public:
  Reader(std::string_view text, const std::string& file, const Sink& sink, Reading& reading)
      : text_(text), file_(file), sink_(sink), reading_(reading), faults_(reading.faults) {
    tell_ = [this](const std::string& pointer, const std::string& message,
                   const std::string& hint) {
      faults_.add({place_of(text_, offset_, file_), pointer + ": " + message, hint, ""});
    };
  }

  void read() {
    JsonVisitor visitor;
    visitor.member = [this](const std::string& key, std::string_view value, std::size_t offset) {
      offset_ = offset;
      if (key == "entry") tell_("/entry", "expected an array", "");
      if (key == "resourceType" && value != "\"Bundle\"") {
        tell_("/resourceType", "expected a Bundle, found " + shown_text(value),
              "export the patient with everything that belongs to it, as one Bundle");
      }
    };
    visitor.item = [this](std::size_t index, std::string_view value, std::size_t offset) {
      entry(index, value, offset);
    };
    walk_json(text_, file_, "entry", visitor, faults_);
    if (patients_.size() > 1) {
      offset_ = 0;
      tell_("/entry", fmt::format("the Bundle holds {} patients", patients_.size()),
            "export one patient at a time");
    }
  }

 private:
  void entry(std::size_t index, std::string_view value, std::size_t offset) {
    offset_ = offset;
    const std::string pointer = fmt::format("/entry/{}", index);
    const json parsed = json::parse(value, nullptr, false);
    if (parsed.is_discarded()) {
      return tell_(pointer, "this is no JSON value", "check quotes, commas and brackets");
    }
    const Value resource = Value(&parsed, pointer, &tell_)["resource"];
    if (!resource.exists()) return pass("entry without a resource");
    const std::string type = resource["resourceType"].text();
    if (type == "Patient") return patient(resource);
    if (type == "Observation") return observation(resource);
    if (type == "MedicationAdministration") return administration(resource);
    if (type == "MedicationStatement") return statement(resource);
    if (type == "Condition") return condition(resource);
    if (type == "AllergyIntolerance") return allergy(resource);
    pass(type.empty() ? "resource without a type" : "resource " + shown_text(type));
  }

  void pass(const std::string& what) { ++reading_.passed_over[what]; }

  Entry begin(const Value& resource, EntryKind kind) const {
    Entry entry;
    entry.place = place_of(text_, offset_, file_);
    entry.pointer = resource.pointer();
    entry.kind = kind;
    return entry;
  }

  void hand_on(Entry&& entry) {
    ++reading_.entries;
    sink_(std::move(entry));
  }

  bool date(const Value& value, Minutes& at) {
    if (!value.exists()) return false;
    const std::string text = value.text();
    if (text.empty()) return false;
    const Result<Minutes> parsed = parse_wall_clock(text);
    if (parsed.ok()) {
      at = *parsed;
      return true;
    }
    value.fault(parsed.faults()[0].message, parsed.faults()[0].hint);
    return false;
  }

  // When it was, by the first of the elements that is there; without any it is no dated fact.
  bool when(const Value& resource, std::initializer_list<const char*> elements, Entry& entry) {
    for (const char* element : elements) {
      const Value value = resource[element];
      if (!value.exists()) continue;
      const std::string name = element;
      if (!name.ends_with("Period")) return date(value, entry.at);
      Minutes end = 0;
      if (date(value["end"], end)) entry.until = end;
      return date(value["start"], entry.at);
    }
    resource.fault("it has no date",
                   "rules need to know when it was: add " + std::string(*elements.begin()));
    return false;
  }

  void codes(const Value& concept_, Entry& entry) const {
    for (const Value& coding : concept_["coding"].items()) {
      const std::string code = coding["code"].text();
      if (!code.empty()) entry.codes.push_back({system_name(coding["system"].text()), code});
      if (entry.text.empty()) entry.text = coding["display"].text();
    }
    const std::string text = concept_["text"].text();
    if (!text.empty()) entry.text = text;
    if (!entry.text.empty()) entry.codes.push_back({"", entry.text});
  }

  // A place on the body: every coding, and the words.
  static void site(const Value& concept_, Entry& entry) {
    for (const Value& coding : concept_["coding"].items()) {
      const std::string code = coding["code"].text();
      if (!code.empty()) entry.site.push_back({system_name(coding["system"].text()), code});
      const std::string display = coding["display"].text();
      if (!display.empty()) entry.site.push_back({"", display});
    }
    const std::string text = concept_["text"].text();
    if (!text.empty()) entry.site.push_back({"", text});
  }

  static std::string status_code(const Value& concept_) {
    const std::vector<Value> codings = concept_["coding"].items();
    return codings.empty() ? std::string() : codings.front()["code"].text();
  }

  void patient(const Value& resource) {
    patients_.insert(resource["id"].text());
    reading_.patient = resource["id"].text();
    const Value birth = resource["birthDate"];
    if (birth.exists()) {
      Entry entry = begin(resource, EntryKind::kBirth);
      if (birth.text().size() == 4 || birth.text().size() == 7) {
        pass("birth date without a day: the age is not known");
      } else if (date(birth, entry.at)) {
        hand_on(std::move(entry));
      }
    }
    death(resource);
    const std::string sex = resource["gender"].text();
    if (sex.empty() || sex == "unknown") return;
    Entry entry = begin(resource, EntryKind::kSex);
    entry.codes.push_back({"", sex});
    hand_on(std::move(entry));
  }

  void death(const Value& resource) {
    const Value when = resource["deceasedDateTime"];
    if (resource["deceasedBoolean"].boolean().value_or(false)) {
      resource["deceasedBoolean"].fault("the patient has died, and nobody says when",
                                        "give deceasedDateTime in its place");
    }
    Entry entry = begin(resource, EntryKind::kDisposition);
    entry.codes.push_back({"", "died"});
    if (date(when, entry.at)) hand_on(std::move(entry));
  }

  void observation(const Value& resource) {
    const std::string status = resource["status"].text();
    if (status == "entered-in-error" || status == "cancelled" || status == "registered") {
      return pass("Observation with status " + status);
    }
    const std::vector<Value> components = resource["component"].items();
    measured(resource, resource, components.empty());
    for (const Value& component : components) measured(component, resource, true);
  }

  // `part` holds code and value; the date is the Observation's.
  void measured(const Value& part, const Value& resource, bool needs_value) {
    Entry entry = begin(part, EntryKind::kLab);
    codes(part["code"], entry);
    const Value quantity = part["valueQuantity"];
    const Value yes = part["valueBoolean"];
    if (!quantity.exists() && !yes.exists()) {
      if (needs_value) pass("Observation without a quantity");
      return;
    }
    if (!when(resource, {"effectiveDateTime", "effectiveInstant", "effectivePeriod"}, entry))
      return;
    if (yes.exists()) {
      entry.kind = EntryKind::kFact;
      entry.present = yes.boolean().value_or(true);
      return hand_on(std::move(entry));
    }
    const std::string comparator = quantity["comparator"].text();
    if (!comparator.empty()) {
      return quantity["comparator"].fault(
          "a reading '" + comparator + "' a number is beyond the range of the assay",
          "remove the comparator if the rules shall see the number itself");
    }
    entry.value = quantity["value"].number();
    entry.unit = quantity["code"].text();
    if (entry.unit.empty()) entry.unit = quantity["unit"].text();
    limits(part["referenceRange"], entry);
    if (entry.value) hand_on(std::move(entry));
  }

  // The limits of normal: of the range of type `normal`, or of one that has no type.
  void limits(const Value& ranges, Entry& entry) const {
    for (const Value& range : ranges.items()) {
      const std::string type = status_code(range["type"]);
      if (!type.empty() && type != "normal") continue;
      limit(range["high"], entry, entry.uln);
      limit(range["low"], entry, entry.lln);
    }
  }

  static void limit(const Value& quantity, const Entry& entry, std::optional<double>& out) {
    if (!quantity.exists()) return;
    std::string unit = quantity["code"].text();
    if (unit.empty()) unit = quantity["unit"].text();
    if (!unit.empty() && unit != entry.unit) {
      return quantity.fault("the limit is in '" + shown_text(unit) + "' and the reading in '" +
                                shown_text(entry.unit) + "'",
                            "give both in one unit");
    }
    out = quantity["value"].number();
  }

  void medicine(const Value& resource, Entry& entry) {
    codes(resource["medicationCodeableConcept"], entry);
    if (entry.codes.empty()) codes(resource["medicationReference"], entry);
    const std::string display = resource["medicationReference"]["display"].text();
    if (entry.codes.empty() && !display.empty()) entry.codes.push_back({"", display});
  }

  void administration(const Value& resource) {
    const std::string status = resource["status"].text();
    if (status != "completed" && status != "in-progress" && status != "not-done") {
      return pass("MedicationAdministration with status " + shown_text(status));
    }
    Entry entry = begin(resource, status == "not-done" ? EntryKind::kMissedDose : EntryKind::kDose);
    medicine(resource, entry);
    if (!when(resource, {"effectiveDateTime", "effectivePeriod"}, entry)) return;
    const Value dose = resource["dosage"]["dose"];
    entry.value = dose["value"].number();
    entry.unit = dose["code"].text();
    if (entry.unit.empty()) entry.unit = dose["unit"].text();
    site(resource["dosage"]["site"], entry);
    hand_on(std::move(entry));
  }

  void statement(const Value& resource) {
    const std::string status = resource["status"].text();
    if (status == "entered-in-error" || status == "not-taken" || status == "intended") {
      return pass("MedicationStatement with status " + status);
    }
    Entry entry = begin(resource, EntryKind::kMedication);
    medicine(resource, entry);
    if (!when(resource, {"effectiveDateTime", "effectivePeriod"}, entry)) return;
    const std::vector<Value> dosages = resource["dosage"].items();
    if (!dosages.empty()) daily_amount(dosages.front(), entry);
    hand_on(std::move(entry));
  }

  // dose x frequency / period, where all three are said; else how much is not known.
  static void daily_amount(const Value& dosage, Entry& entry) {
    const std::vector<Value> rates = dosage["doseAndRate"].items();
    const Value repeat = dosage["timing"]["repeat"];
    if (rates.empty() || !repeat.exists()) return;
    const Value dose = rates.front()["doseQuantity"];
    const std::optional<double> amount = dose["value"].number();
    const std::optional<double> frequency = repeat["frequency"].number();
    const std::optional<double> period = repeat["period"].number();
    const std::string unit = repeat["periodUnit"].text();
    const std::vector<Value> days = repeat["dayOfWeek"].items();
    if (!days.empty()) entry.days_per_week = static_cast<double>(days.size());
    if (!amount || !frequency || !period || *period <= 0) return;
    double per_day = *amount * *frequency / *period;
    if (unit == "h") per_day *= 24;
    if (unit == "wk") {  // on so many days of the week, one dose on each
      entry.days_per_week = std::min(7.0, *frequency / *period);
      per_day = *amount;
    } else if (unit != "d" && unit != "h") {
      return;
    }
    const std::string code = dose["code"].text();
    entry.value = per_day;
    entry.unit = (code.empty() ? dose["unit"].text() : code) + "/d";
  }

  void condition(const Value& resource) {
    const std::string verified = status_code(resource["verificationStatus"]);
    if (verified == "entered-in-error") return pass("Condition entered in error");
    Entry entry = begin(resource, EntryKind::kFact);
    codes(resource["code"], entry);
    if (!when(resource, {"onsetDateTime", "recordedDate", "onsetPeriod"}, entry)) return;
    const std::string clinical = status_code(resource["clinicalStatus"]);
    entry.present = verified != "refuted";
    Minutes over = 0;
    if (date(resource["abatementDateTime"], over)) {
      entry.until = over;
    } else if (clinical == "inactive" || clinical == "remission" || clinical == "resolved") {
      return pass("Condition that is over, nobody says since when");
    }
    if (verified == "unconfirmed" || verified == "differential" || verified == "provisional") {
      ++reading_.passed_over["Condition that is not confirmed: read as present"];
    }
    const std::vector<Value> sites = resource["bodySite"].items();
    for (const Value& one : sites) {
      Entry there = entry;
      site(one, there);
      hand_on(std::move(there));
    }
    if (sites.empty()) hand_on(std::move(entry));
  }

  void allergy(const Value& resource) {
    const std::string verified = status_code(resource["verificationStatus"]);
    if (verified == "entered-in-error") return pass("AllergyIntolerance entered in error");
    Entry entry = begin(resource, EntryKind::kFact);
    codes(resource["code"], entry);
    for (Code& code : entry.codes) code.value = "allergy to " + code.value;
    if (!when(resource, {"recordedDate", "onsetDateTime"}, entry)) return;
    entry.present = verified != "refuted";
    hand_on(std::move(entry));
  }

  std::string_view text_;
  const std::string& file_;
  const Sink& sink_;
  Reading& reading_;
  FaultList faults_;
  Value::Tell tell_;
  std::size_t offset_ = 0;
  std::set<std::string> patients_;
};

}  // namespace

Reading read_fhir_bundle(std::string_view text, const std::string& file, const Sink& sink) {
  Reading reading;
  Reader(text, file, sink, reading).read();
  return reading;
}

}  // namespace dosewright::exchange
