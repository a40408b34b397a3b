#include "dosewright/molecule/products.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/base/document.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::array kProductIds = {"parent",      "endonuclease", "three_ladder",
                                    "five_ladder", "inner_part",   "deletion",
                                    "longmer",     "dimer",        "covalent_dimer"};
constexpr std::array kChangeIds = {"ps_to_po", "deamination", "depurination", "depyrimidination",
                                   "cnet"};
constexpr std::array kEndIds = {"OH", "kept", "desulfurised"};

struct Table {
  std::vector<Declared> products, changes, adducts, ends;
};

Declared read_one(Node node, std::string_view id) {
  Declared entry;
  entry.id = id;
  entry.name = node.at("name").text();
  entry.weight = node.at("weight").number();
  entry.origin = node.at("origin").text();
  DW_CHECK(entry.weight > 0 && entry.weight <= 1, node.path() + ": a weight lies in (0, 1]");
  return entry;
}

template <class Ids>
std::vector<Declared> read_all(Node group, const Ids& ids) {
  std::vector<Declared> list;
  for (const std::string_view id : ids) list.push_back(read_one(group.at(id), id));
  return list;
}

// A broken file ends the program: it is a part of the program, and the tests read it first.
Table read_table() {
  Document document = Document::parse(std::string(products_text()), "molecule/products.toml");
  Node root = document.root();
  std::vector<std::string_view> adduct_ids;
  for (const Counterion ion : kCounterions) adduct_ids.push_back(to_text(ion));
  Table table{read_all(root.at("product"), kProductIds), read_all(root.at("change"), kChangeIds),
              read_all(root.at("adduct"), adduct_ids), read_all(root.at("end"), kEndIds)};
  root.finish();
  DW_CHECK(document.faults().empty(), to_text(document.faults()));
  table.ends.push_back({"original", "the strand's own end", 1, "by definition"});
  return table;
}

const Table& table() {
  static const Table result = read_table();
  return result;
}

}  // namespace

const Declared& declared(ProductKind kind) {
  return table().products[static_cast<std::size_t>(kind)];
}

const Declared& declared(ChangeKind kind) {
  return table().changes[static_cast<std::size_t>(kind)];
}

const Declared& declared(Counterion adduct) {
  return table().adducts[static_cast<std::size_t>(adduct)];
}

const Declared& declared(ProductEnd end) {
  return table().ends[static_cast<std::size_t>(end)];
}

}  // namespace dosewright::molecule
