// Readers of a programme's own documents. Private to the module. Faults stay in the documents.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "dosewright/base/document.hpp"
#include "dosewright/programme/programme.hpp"

namespace dosewright::programme {

// Where statements of the documents cite sources, and what programme.toml knows of them.
struct Known {
  std::vector<std::string> sources;
  std::vector<std::string> regimens;
  std::vector<std::string> protocols;
};

// [source.KEY]: read first, because everything else cites them.
std::vector<Source> read_sources(Node root);

void read_identity(Node root, const Known& known, Programme& programme);     // programme.toml, rest
void read_eligibility(Node root, const Known& known, Programme& programme);  // eligibility.toml
void read_facts(Node root, const Known& known, Programme& programme);        // facts.toml
void read_interactions(Node root, const Known& known, Programme& programme);  // interactions.toml
void read_reactions(Node root, const Known& known, Programme& programme);     // reactions.toml
void read_sites(Node root, const Known& known, Programme& programme);         // sites.toml
void read_statements(Node root, const Known& known, Programme& programme);    // statements.toml
void read_documents(Node list, const Known& known, Programme& programme);     // [[document]]
void check_facts(Node root, Programme& programme);  // that what a fact implies is known
// The questions of criteria and statements, over what the whole programme knows.
void read_questions(Node root, Programme& programme, Faults& faults);
void read_remark_questions(Node root, Programme& programme, Faults& faults);
void read_molecule(Node root, const Known& known, Programme& programme);  // molecule.toml

// A fault where the name is not among the known ones. `what`: "regimen".
void check_reference(Node node, const std::string& name, const std::vector<std::string>& known,
                     const std::string& what);

// A fault where the list has an entry of that id already. `what`: "facts".
template <class List>
void check_unique(Node id, const List& list, const std::string& name, const std::string& what) {
  const bool twice = std::ranges::any_of(list, [&](const auto& one) { return one.id == name; });
  if (twice) id.fault("there are two " + what + " '" + name + "'", "rename one of them");
}

// Keys of programme.toml where it is no TOML: so that its one fault does not become a hundred.
std::vector<std::string> source_keys_of_text(std::string_view text);

// Keys cited anywhere in a document, under `source` or a key that ends in "_source".
std::vector<std::string> cited_sources(Document& document, const std::vector<std::string>& known);

// A fault at each citation in the node's tables that names no known source.
void check_cited(const Node& node, const std::vector<std::string>& known);

}  // namespace dosewright::programme
