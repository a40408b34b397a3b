// Reads statements.toml: what documents say that is no rule, test or number of its own.
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

Remark::Kind kind_of_remark(Node node) {
  const std::string kind = node.text();
  if (kind == "tell") return Remark::Kind::kTell;
  if (kind == "ask") return Remark::Kind::kAsk;
  if (kind == "do") return Remark::Kind::kDo;
  if (kind != "know" && !kind.empty()) {
    node.fault("expected kind know, tell, ask or do, found '" + kind + "'");
  }
  return Remark::Kind::kKnow;
}

Remark::During during_of_remark(Node node) {
  if (!node.exists()) return Remark::During::kAlways;
  const std::string during = node.text();
  if (during == "start") return Remark::During::kStart;
  if (during != "treatment" && !during.empty()) {
    node.fault("expected during = \"start\" (before the first dose) or \"treatment\", found '" +
               during + "'");
  }
  return Remark::During::kTreatment;
}

// Only a question has an answer, and that is a fact.
std::string recorded_fact(Node node, const Remark& remark, const Programme& programme) {
  if (!node.exists()) return "";
  std::string fact = node.text();
  std::vector<std::string> facts;
  for (const FactWord& one : programme.facts) facts.push_back(one.id);
  check_reference(node, fact, facts, "fact");
  if (remark.kind != Remark::Kind::kAsk) {
    node.fault("only a question (kind = \"ask\") records an answer");
  }
  return fact;
}

}  // namespace

void read_statements(Node root, const Known& known, Programme& programme) {
  for (Node table : root.at("statement").items()) {
    Remark remark;
    Node id = table.at("id");
    remark.id = id.text();
    check_unique(id, programme.remarks, remark.id, "statements");
    remark.kind = kind_of_remark(table.at("kind"));
    remark.about = table.at("about").text();
    remark.says = table.at("says").text();
    for (Node profile : table.find("profiles").items()) {
      remark.profiles.push_back(profile.text());
      check_reference(profile, remark.profiles.back(), known.protocols, "protocol");
    }
    remark.during = during_of_remark(table.find("during"));
    remark.when = table.find("when").text_or("");
    remark.records = recorded_fact(table.find("records"), remark, programme);
    remark.source = protocol::parse_source(table.at("source"), &known.sources);
    table.finish();
    programme.remarks.push_back(std::move(remark));
  }
  root.finish();
}

}  // namespace dosewright::programme
