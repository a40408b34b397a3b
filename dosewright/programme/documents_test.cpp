#include "dosewright/programme/documents.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "dosewright/programme/read.hpp"
#include "dosewright/programme/show.hpp"

namespace dosewright::programme {
namespace {

Programme documents_of(const std::string& text, std::string& faults) {
  Programme programme;
  programme.history.push_back({"EU", "2013-05-29", "refused", "refused", "S1"});
  Document document = Document::parse(text, "programme.toml");
  Node root = document.root();
  read_documents(root.find("document"), {{"S1"}, {}, {}}, programme);
  root.finish();
  faults = document.faults().empty() ? "" : to_text(document.faults());
  return programme;
}

TEST_CASE("documents: dates, languages, one address for each") {
  std::string faults;
  const Programme programme = documents_of(
      "[[document]]\njurisdiction = \"EU\"\nkind = \"report\"\ntitle = \"R\"\npublished = "
      "\"2013-06-17\"\nupdated = \"2013-06-18\"\nlanguages = [\"en\", \"el\"]\naddress = "
      "\"https://x/{language}/r_{language}.pdf\"\nsource = \"S1\"\n",
      faults);
  CHECK_MESSAGE(faults.empty(), faults);
  REQUIRE(programme.documents.size() == 1);
  CHECK(address_in(programme.documents[0], "el") == "https://x/el/r_el.pdf");
  CHECK(programme.documents[0].reference.empty());
}

TEST_CASE("documents: all faults at once") {
  std::string faults;
  documents_of(
      "[[document]]\njurisdiction = \"EUU\"\nkind = \"report\"\ntitle = \"R\"\npublished = "
      "\"17/06/2013\"\nlanguages = [\"en\", \"gr\", \"EN\", \"en\"]\naddress = "
      "\"https://x\"\nsource = \"S9\"\nlanguage = \"en\"\n[[document]]\njurisdiction = "
      "\"EU\"\ntitle = \"R\"\npublished = \"2013-06-17\"\nupdated = \"2013-06-16\"\nlanguages = "
      "[]\nsource = \"S1\"\n",
      faults);
  for (const char* part :
       {"unknown jurisdiction 'EUU'", "expected a date as ISO 8601 writes it, found '17/06/2013'",
        "'gr' is no language code of ISO 639-1", "'EN' is no language code",
        "the language 'en' stands twice", "one address for 4 languages", "S9",
        "document[1].language'", "kind", "updated before it was published",
        "in one language at least"}) {
    CHECK_MESSAGE(faults.find(part) != std::string::npos, "expected '", part, "' in:\n", faults);
  }
}

TEST_CASE("the regulatory record, now and on a day") {
  const auto loaded = load_programme(DOSEWRIGHT_ROOT "/programmes/mipomersen");
  REQUIRE(loaded.ok());
  const auto now = nlohmann::json::parse(show_json(*loaded));
  CHECK(now["status_on"].is_null());
  const auto& record = now["regulatory_record"];
  CHECK(record[0]["jurisdiction"] == "EU");
  CHECK(record[0]["status"] == "refused");
  CHECK(record[0]["steps"][0]["when"].is_null());
  CHECK(record[0]["documents"].size() == 3);
  CHECK(record[0]["documents"][0]["languages"].size() == 22);
  CHECK(record[0]["documents"][2]["languages"].size() == 21);
  CHECK(!record[0]["documents"][2]["languages"].contains("lt"));
  CHECK(record[1]["status"] == "approval withdrawn");
  CHECK(record[1]["supply"].back()["route"] == "none");
  const auto then = nlohmann::json::parse(show_json(*loaded, *parse_date("2013-02-01")));
  CHECK(then["status_on"] == "2013-02-01");
  CHECK(then["regulatory_record"][0]["status"] == "negative opinion");
  CHECK(then["regulatory_record"][1]["status"] == "approved, REMS");
  const std::string text = show(*loaded, *parse_date("2013-02-01"));
  CHECK(text.find("EU: negative opinion, since 2012-12-13") != std::string::npos);
  CHECK(text.find("EMA/177547/2013,") != std::string::npos);
}

}  // namespace
}  // namespace dosewright::programme
