// Citations, wherever they stand in a document.
#include <functional>

#include "dosewright/base/text.hpp"
#include "dosewright/model/origin.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

void each_citation(Node node, const std::function<void(Node&)>& visit) {
  if (node.is_array()) {
    for (const Node& item : node.items()) each_citation(item, visit);
  }
  if (!node.is_table()) return;
  for (const std::string& key : node.keys()) {
    Node child = node.at(key);
    if (child.is_string() && (key == "source" || key.ends_with("_source"))) {
      visit(child);
    } else {
      each_citation(child, visit);
    }
  }
}

}  // namespace

std::vector<std::string> cited_sources(Document& document, const std::vector<std::string>& known) {
  std::vector<std::string> keys;
  each_citation(document.root(), [&](Node& node) {
    for (std::string& key : model::read_citations(node.text(), known).keys) {
      keys.push_back(std::move(key));
    }
  });
  return keys;
}

void check_cited(const Node& node, const std::vector<std::string>& known) {
  each_citation(node, [&](Node& citation) { protocol::parse_source(citation, &known); });
}

std::vector<std::string> source_keys_of_text(std::string_view text) {
  constexpr std::string_view kHeader = "[source.";
  std::vector<std::string> keys;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (!line.starts_with(kHeader)) continue;
    std::string_view key = line.substr(kHeader.size());
    key = key.substr(0, key.find(']'));
    if (key.starts_with('"') && key.size() > 1) key = key.substr(1, key.size() - 2);
    if (!key.empty()) keys.emplace_back(key);
  }
  return keys;
}

}  // namespace dosewright::programme
