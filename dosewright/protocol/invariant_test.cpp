#include "dosewright/protocol/fixture_test.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol {
namespace {

const std::string kToy = kToyProtocol;

std::string invariant(const std::string& demand) {
  return "\n[[invariant]]\nid = \"it\"\nsays = \"it holds\"\nsource = \"Label\"\n" + demand + "\n";
}

bool refused(const std::string& demand, const std::string& words) {
  return has_fault(parse_text(kToy + invariant(demand)).faults, words);
}

TEST_CASE("an invariant is read, and asked by nobody who decides") {
  const Protocol protocol = toy_protocol(
      kToy + invariant("never_when = \"ALT.last >= 5 ULN\"\nstate = \"liver.withheld\""));
  REQUIRE(protocol.invariants.size() == 1);
  const Invariant& one = protocol.invariants.front();
  CHECK(one.kind == Invariant::Kind::kNeverWhen);
  CHECK(one.region == 0);
  CHECK(one.state == 2);
  CHECK(one.condition.slots.size() == 2);
  const Protocol without = toy_protocol();
  Patient plain(without), watched(protocol);
  for (Patient* patient : {&plain, &watched}) patient->see(0, {lab(kAlt, 6), lab(kBili, 0.5)});
  CHECK(plain.where() == watched.where());
}

TEST_CASE("what keeps a state is read beside it") {
  const std::string state = "name = \"withheld\"\ntitle = \"withheld\"\nallows = \"withheld\"\n";
  const Protocol protocol =
      toy_protocol(with(kToy, state, state + "stays = \"not ALT.new or ALT >= 3 ULN\"\n"));
  const Region& region = protocol.regions[0];
  REQUIRE(region.stays.size() == region.states.size());
  CHECK(region.stays[2].when == "not ALT.new or ALT >= 3 ULN");
  CHECK(region.stays[0].when.empty());
  CHECK(has_fault(parse_text(with(kToy, state, state + "stays = \"ALT > 3\"\n")).faults,
                  "cannot compare"));
}

TEST_CASE("X.last is the latest reading, however old") {
  const Protocol protocol =
      toy_protocol(kToy + invariant("never_dose_when = \"ALT.last >= 3 ULN\""));
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 4)});
  patient.see(60 * kDay);
  const Transition& last = protocol.invariants.front().condition;
  CHECK(ask(last, protocol, patient.state, patient.state.regions[0]) == 1);
  const Transition& fresh = protocol.regions[0].transitions[3];  // liver.confirm
  CHECK(fresh.id == "liver.confirm");
  CHECK(lang::is_unknown(ask(fresh, protocol, patient.state, patient.state.regions[0])));
}

TEST_CASE("faults of invariants") {
  CHECK(refused("", "makes one demand, found 0"));
  CHECK(refused("never_dose_when = \"sign.rash\"\ndose_when = \"sign.pain\"", "found 2"));
  CHECK(refused("never_when = \"sign.rash\"", "does not say which"));
  CHECK(refused("never_dose_when = \"state.age > 8 d\"", "does not say which"));
  CHECK(refused("never_left = true\nstate = \"liver.stoped\"", "no state 'liver.stoped'"));
  CHECK(refused("never_left = false\nstate = \"liver.stopped\"", "never_left is true"));
  CHECK(refused("never_dose_when = \"ALTT >= 3 ULN\"", "ALTT"));
  const std::string twice = invariant("never_dose_when = \"sign.rash\"");
  CHECK(has_fault(parse_text(kToy + twice + twice).faults, "two invariants 'it'"));
}

}  // namespace
}  // namespace dosewright::protocol
