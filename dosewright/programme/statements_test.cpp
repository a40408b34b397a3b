#include <doctest/doctest.h>

#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

const Known kAround{{"S1"}, {}, {"label", "study"}};

std::string read_text_of(const std::string& text, Programme& programme) {
  Document document = Document::parse(text, "statements.toml");
  read_statements(document.root(), kAround, programme);
  if (document.faults().empty()) {
    read_remark_questions(document.root(), programme, document.faults());
  }
  return document.faults().empty() ? "" : to_text(document.faults());
}

const std::string kRemark =
    "[[statement]]\nid = \"a\"\nabout = \"x\"\nsays = \"y\"\nsource = \"S1\"\n";

TEST_CASE("statements: kind, profiles, when, during, and the fact that an answer is") {
  Programme programme;
  programme.facts.push_back({"recall", "recall", "S1", {}, {}, {}, {}, {}, 0});
  CHECK(read_text_of(kRemark + "kind = \"ask\"\nprofiles = [\"study\"]\nduring = \"treatment\"\n"
                               "when = \"fact.recall\"\nrecords = \"recall\"\n",
                     programme) == "");
  REQUIRE(programme.remarks.size() == 1);
  const Remark& remark = programme.remarks.front();
  CHECK(remark.kind == Remark::Kind::kAsk);
  CHECK(remark.during == Remark::During::kTreatment);
  CHECK(remark.records == "recall");
  CHECK(remark.question != nullptr);
}

TEST_CASE("statements: one row, one fault") {
  const std::pair<std::string, std::string> rows[] = {
      {kRemark + "kind = \"say\"\n", "know, tell, ask or do"},
      {kRemark + "kind = \"tell\"\nprofiles = [\"studdy\"]\n", "'study'"},
      {kRemark + "kind = \"tell\"\nduring = \"end\"\n", "\"start\""},
      {kRemark + "kind = \"tell\"\nrecords = \"recall\"\n", "only a question"},
      {kRemark + "kind = \"ask\"\nrecords = \"recal\"\n", "unknown fact 'recal'"},
      {kRemark + "kind = \"tell\"\nwhen = \"fact.recal\"\n", "recal"},
      {kRemark + "kind = \"tell\"\n" + kRemark + "kind = \"tell\"\n", "two statements 'a'"},
      {"[[statement]]\nid = \"a\"\nabout = \"x\"\nsays = \"y\"\nsource = \"S9\"\nkind = \"do\"\n",
       "S9"},
  };
  for (const auto& [text, part] : rows) {
    Programme programme;
    programme.facts.push_back({"recall", "recall", "S1", {}, {}, {}, {}, {}, 0});
    const std::string faults = read_text_of(text, programme);
    CHECK_MESSAGE(faults.find(part) != std::string::npos, "expected '", part, "' in:\n", faults);
  }
}

}  // namespace
}  // namespace dosewright::programme
