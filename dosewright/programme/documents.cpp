// Reads [[document]] of programme.toml: what an authority published, when, and in which languages.
#include "dosewright/programme/documents.hpp"

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

// The two-letter codes of ISO 639-1, in one text so that the eye can check it.
constexpr std::string_view kLanguages =
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw "
    "ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

constexpr std::string_view kPlaceholder = "{language}";

bool is_language(std::string_view code) {
  return std::ranges::any_of(split(kLanguages, ' '),
                             [&](std::string_view known) { return known == code; });
}

void read_languages(Node list, PublicDocument& document) {
  for (Node item : list.items()) {
    const std::string code = item.text();
    if (code.empty()) continue;
    if (!is_language(code)) {
      item.fault("'" + code + "' is no language code of ISO 639-1",
                 "two small letters, for example \"en\", \"bg\", \"el\"");
    } else if (std::ranges::find(document.languages, code) != document.languages.end()) {
      item.fault("the language '" + code + "' stands twice", "keep one of the two");
    }
    document.languages.push_back(code);
  }
  if (list.is_array() && document.languages.empty()) {
    list.fault("a document is in one language at least", "write [\"en\"]");
  }
}

std::string day_of(Node node) {
  std::string text = node.text();
  const Result<Date> date = parse_date(text);
  if (date.ok() || text.empty()) return text;
  node.fault("expected a date as ISO 8601 writes it, found '" + text + "'", "write \"2013-06-17\"");
  return {};
}

void read_address(Node node, PublicDocument& document) {
  document.address = node.text_or("");
  if (document.address.empty()) return;
  const bool one_for_all = document.address.find(kPlaceholder) == std::string::npos;
  if (one_for_all && document.languages.size() > 1) {
    node.fault("one address for " + std::to_string(document.languages.size()) + " languages",
               "write {language} where it names the language");
  }
}

}  // namespace

std::string address_in(const PublicDocument& document, std::string_view language) {
  std::string address = document.address;
  for (std::size_t at = 0; (at = address.find(kPlaceholder, at)) != std::string::npos;) {
    address.replace(at, kPlaceholder.size(), language);
    at += language.size();
  }
  return address;
}

void read_documents(Node list, const Known& known, Programme& programme) {
  const std::vector<std::string> jurisdictions = programme.jurisdictions();
  for (Node table : list.items()) {
    PublicDocument document;
    Node jurisdiction = table.at("jurisdiction");
    document.jurisdiction = jurisdiction.text();
    check_reference(jurisdiction, document.jurisdiction, jurisdictions, "jurisdiction");
    document.kind = table.at("kind").text();
    document.title = table.at("title").text();
    document.reference = table.find("reference").text_or("");
    document.published = day_of(table.at("published"));
    Node updated = table.find("updated");
    if (updated.exists()) document.updated = day_of(updated);
    if (!document.updated.empty() && document.updated < document.published) {
      updated.fault("it was updated before it was published", "exchange the two dates");
    }
    read_languages(table.at("languages"), document);
    read_address(table.find("address"), document);
    document.source = protocol::parse_source(table.at("source"), &known.sources);
    table.finish();
    programme.documents.push_back(std::move(document));
  }
}

}  // namespace dosewright::programme
