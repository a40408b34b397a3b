#include "dosewright/molecule/metabolite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::molecule {

namespace {

using enum Element;

bool is_sulfur_link(std::string_view link) {
  return link == "s" || link == "sR" || link == "sS";
}

bool is_unmodified(const Unit& unit) {
  return unit.sugar == "d" || unit.sugar == "r";
}

std::string_view group_of(ProductEnd end, std::string_view link) {
  if (end == ProductEnd::kHydroxyl) return "OH";
  if (end == ProductEnd::kDesulfurised) return "P";
  return is_sulfur_link(link) ? "PS" : "P";
}

Formula cut_formula(ProductEnd end, std::string_view link) {
  return end_formula({std::string(group_of(end, link)), "", ""});
}

double binomial(int n, int k) {
  double result = 1;
  for (int i = 1; i <= k; ++i) result = result * (n - k + i) / i;
  return std::round(result);
}

std::string unit_text(const Unit& unit) {
  return unit.sugar + "-" + unit.base + (unit.link.empty() ? "" : "-" + unit.link);
}

// Residues of one kind, with the link behind them.
struct UnitGroup {
  Formula formula;
  std::vector<int> members;  // indices of units
};

// The kinds among units first..last, in the order of their first member.
std::vector<UnitGroup> groups_of(const Strand& strand, int first, int last) {
  std::vector<UnitGroup> groups;
  for (int i = first; i <= last; ++i) {
    const Unit& unit = strand.units[static_cast<std::size_t>(i)];
    const auto same = std::ranges::find_if(groups, [&](const UnitGroup& group) {
      return strand.units[static_cast<std::size_t>(group.members[0])] == unit;
    });
    if (same != groups.end()) {
      same->members.push_back(i);
    } else {
      groups.push_back({residue_formula(unit) + link_formula(unit.link), {i}});
    }
  }
  return groups;
}

// All products of one strand.
class Maker {
 public:
  Maker(const Molecule& molecule, int index, const ProductOptions& options,
        std::vector<Product>& out)
      : strand_(molecule.strands[static_cast<std::size_t>(index)]),
        alone_(molecule.strands.size() == 1),
        index_(index),
        n_(static_cast<int>(strand_.units.size())),
        options_(options),
        chain_(chain_of(strand_)),
        whole_(chain_.total()),
        out_(out) {}

  void make() {
    add_parts();
    add_deletions();
    if (options_.longmers) add_longmers();
    if (options_.dimers && alone_) add_dimers();
  }

 private:
  Product base(ProductKind kind) const {
    Product product;
    product.kind = kind;
    product.strand = index_;
    product.last = n_ - 1;
    product.formula = whole_;
    product.weight = declared(kind).weight;
    return product;
  }

  void add_parts() {
    for (int first = 0; first < n_; ++first) {
      Formula inside;  // residues and links from first to last
      for (int last = first; last < n_; ++last) {
        inside += chain_.residues[static_cast<std::size_t>(last)];
        if (last > first) inside += chain_.links[static_cast<std::size_t>(last - 1)];
        const bool inner = first > 0 && last + 1 < n_;
        if (!inner || options_.inner_parts) add_part(first, last, inside);
      }
    }
  }

  ProductKind part_kind(int first, int last) const {
    const bool left = first > 0, right = last + 1 < n_;
    if (!left && !right) return ProductKind::kParent;
    if (left && right) return ProductKind::kInnerPart;
    const int link = left ? first - 1 : last;
    if (is_cleavable(strand_, static_cast<std::size_t>(link))) return ProductKind::kEndonuclease;
    return left ? ProductKind::kFiveLadder : ProductKind::kThreeLadder;
  }

  void add_part(int first, int last, const Formula& inside) {
    const bool left = first > 0, right = last + 1 < n_;
    const std::vector<ProductEnd> original = {ProductEnd::kOriginal};
    const std::string before = left ? strand_.units[static_cast<std::size_t>(first - 1)].link : "";
    const std::string behind = right ? strand_.units[static_cast<std::size_t>(last)].link : "";
    Product part = base(part_kind(first, last));
    part.first = first;
    part.last = last;
    const double weight = part.weight;
    for (const ProductEnd five : left ? cut_ends(before) : original) {
      for (const ProductEnd three : right ? cut_ends(behind) : original) {
        part.five_end = five;
        part.three_end = three;
        part.formula = inside + (left ? cut_formula(five, before) : chain_.five_end) +
                       (right ? cut_formula(three, behind) : chain_.three_end);
        part.weight = weight * declared(five).weight * declared(three).weight;
        out_.push_back(part);
      }
    }
  }

  // The residue at the 3' end sits on the support, so it cannot be missing; one without its 5' end
  // is a part already.
  void add_deletions() {
    const std::vector<UnitGroup> groups = groups_of(strand_, 1, n_ - 2);
    for (int k = 1; k <= std::min(options_.most_deletions, n_ - 2); ++k) {
      Product product = base(ProductKind::kDeletion);
      product.weight = std::pow(product.weight, k) / binomial(n_ - 2, k);
      delete_from(groups, 0, k, product);
    }
  }

  // Takes `left` more residues from groups[at] on.
  void delete_from(const std::vector<UnitGroup>& groups, std::size_t at, int left,
                   const Product& so_far) {
    if (left == 0) {
      Product product = so_far;
      product.weight *= product.n_places;
      std::ranges::sort(product.residues);
      out_.push_back(product);
      return;
    }
    if (at == groups.size()) return;
    const UnitGroup& group = groups[at];
    const int size = static_cast<int>(group.members.size());
    Product product = so_far;
    delete_from(groups, at + 1, left, product);
    for (int n = 1; n <= std::min(left, size); ++n) {
      product.residues.push_back(group.members[static_cast<std::size_t>(n - 1)]);
      product.formula -= group.formula;
      product.n_places = so_far.n_places * binomial(size, n);
      delete_from(groups, at + 1, left - n, product);
    }
  }

  void add_longmers() {
    for (const UnitGroup& group : groups_of(strand_, 0, n_ - 2)) {
      Product product = base(ProductKind::kLongmer);
      product.residues = {group.members[0]};
      product.formula += group.formula;
      product.n_places = static_cast<double>(group.members.size());
      product.weight *= product.n_places / (n_ - 1);
      out_.push_back(product);
    }
  }

  void add_dimers() {
    Product loose = base(ProductKind::kDimer);
    loose.formula += whole_;
    out_.push_back(loose);
    std::vector<std::string> links;
    for (const Unit& unit : strand_.units) {
      if (!unit.link.empty() && std::ranges::find(links, unit.link) == links.end()) {
        links.push_back(unit.link);
      }
    }
    for (const std::string& link : links) {
      Product joined = base(ProductKind::kCovalentDimer);
      // One end hydrogen of each goes where the link binds.
      joined.formula += whole_ + link_formula(link) - Formula{{H, 2}};
      joined.residues = {static_cast<int>(std::ranges::find(strand_.units, link, &Unit::link) -
                                          strand_.units.begin())};
      out_.push_back(joined);
    }
  }

  const Strand& strand_;
  bool alone_;
  int index_;
  int n_;
  const ProductOptions& options_;
  Chain chain_;
  Formula whole_;
  std::vector<Product>& out_;
};

Faults faults_of(const Molecule& molecule, const ProductOptions& options) {
  Faults faults;
  for (const Strand& strand : molecule.strands) {
    if (strand.units.size() <= static_cast<std::size_t>(kMostLadderUnits)) continue;
    faults.add({},
               fmt::format("a strand of {} residues: products are listed up to {}",
                           strand.units.size(), kMostLadderUnits),
               "ask for a part of the strand");
  }
  if (options.most_deletions < 0 || options.most_deletions > kMostDeletions) {
    faults.add({},
               fmt::format("the number of deletions must lie between 0 and {}, found {}",
                           kMostDeletions, options.most_deletions),
               "2 finds n-1 and n-2");
  }
  return faults;
}

// "one moe-5mC-s and 2 d-T-s"
std::string residues_text(const Product& product, const Strand& strand) {
  std::vector<std::pair<std::string, int>> counts;
  for (const int i : product.residues) {
    const std::string text = unit_text(strand.units[static_cast<std::size_t>(i)]);
    const auto same = std::ranges::find(counts, text, &std::pair<std::string, int>::first);
    if (same != counts.end()) {
      ++same->second;
    } else {
      counts.emplace_back(text, 1);
    }
  }
  std::vector<std::string> parts;
  for (const auto& [text, n] : counts) parts.push_back(fmt::format("{} {}", n, text));
  return join(parts, " and ");
}

std::string ends_text(const Product& product, const Strand& strand) {
  std::string text;
  if (product.five_end != ProductEnd::kOriginal) {
    const Unit& before = strand.units[static_cast<std::size_t>(product.first - 1)];
    text += fmt::format(", 5'-{}", group_of(product.five_end, before.link));
  }
  if (product.three_end != ProductEnd::kOriginal) {
    const Unit& last = strand.units[static_cast<std::size_t>(product.last)];
    text += fmt::format(", 3'-{}", group_of(product.three_end, last.link));
  }
  return text;
}

bool is_purine(std::string_view base) {
  return base == "A" || base == "G" || base == "I" || base == "D";
}

// Cytosines and purines have an amine at the ring that water replaces.
bool has_amine(std::string_view base) {
  return base == "A" || base == "G" || base == "C" || base == "5mC" || base == "D";
}

bool has_cnet_site(std::string_view base) {
  return base == "T" || base == "U";
}

Change base_loss(std::string_view base) {
  const Unit with{std::string(base), "d", ""}, without{"ab", "d", ""};
  return {is_purine(base) ? ChangeKind::kDepurination : ChangeKind::kDepyrimidination,
          std::string(base), residue_formula(without) - residue_formula(with)};
}

}  // namespace

bool is_cleavable(const Strand& strand, std::size_t i) {
  if (i + 1 >= strand.units.size() || strand.units[i].link == "n") return false;
  return is_unmodified(strand.units[i]) && is_unmodified(strand.units[i + 1]);
}

std::vector<ProductEnd> cut_ends(std::string_view link) {
  if (is_sulfur_link(link)) {
    return {ProductEnd::kHydroxyl, ProductEnd::kKept, ProductEnd::kDesulfurised};
  }
  if (link == "p") return {ProductEnd::kHydroxyl, ProductEnd::kKept};
  return {ProductEnd::kHydroxyl};
}

Result<std::vector<Product>> products_of(const Molecule& molecule, const ProductOptions& options) {
  if (const Faults faults = faults_of(molecule, options); !faults.empty()) return faults;
  std::vector<Product> products;
  for (std::size_t i = 0; i < molecule.strands.size(); ++i) {
    Maker(molecule, static_cast<int>(i), options, products).make();
  }
  if (options.dimers && molecule.strands.size() == 2) {
    Product duplex;
    duplex.kind = ProductKind::kDimer;
    duplex.last = static_cast<int>(molecule.strands[0].units.size()) - 1;
    duplex.formula = acid_formula(molecule);
    duplex.weight = declared(duplex.kind).weight;
    products.push_back(duplex);
  }
  std::ranges::stable_sort(products, {}, &Product::kind);
  return products;
}

Strand strand_of(const Product& product, const Molecule& molecule) {
  Strand strand = molecule.strands[static_cast<std::size_t>(product.strand)];
  std::vector<Unit>& units = strand.units;
  if (product.kind == ProductKind::kDeletion) {
    for (auto at = product.residues.rbegin(); at != product.residues.rend(); ++at) {
      units.erase(units.begin() + *at);
    }
  } else if (product.kind == ProductKind::kLongmer) {
    const int at = product.residues[0];
    units.insert(units.begin() + at, Unit(units[static_cast<std::size_t>(at)]));
  }
  if (product.five_end != ProductEnd::kOriginal) {
    const Unit& before = units[static_cast<std::size_t>(product.first - 1)];
    strand.five_end = {std::string(group_of(product.five_end, before.link)), "", ""};
  }
  if (product.three_end != ProductEnd::kOriginal) {
    Unit& last = units[static_cast<std::size_t>(product.last)];
    strand.three_end = {std::string(group_of(product.three_end, last.link)), "", ""};
    last.link.clear();
    units.erase(units.begin() + product.last + 1, units.end());
  }
  if (product.five_end != ProductEnd::kOriginal) {
    units.erase(units.begin(), units.begin() + product.first);
  }
  return strand;
}

std::string name_of(const Product& product, const Molecule& molecule) {
  const Strand& strand = molecule.strands[static_cast<std::size_t>(product.strand)];
  if (product.kind == ProductKind::kDimer) {
    return molecule.strands.size() == 2 ? "duplex of both strands" : "two intact strands";
  }
  std::string text;
  if (molecule.strands.size() > 1) {
    text = (strand.name.empty() ? fmt::format("strand {}", product.strand + 1) : strand.name) + " ";
  }
  if (product.kind == ProductKind::kCovalentDimer) {
    const Unit& unit = strand.units[static_cast<std::size_t>(product.residues[0])];
    return text + fmt::format("two intact strands joined by {}", unit.link);
  }
  text += fmt::format("{}-{}", product.first + 1, product.last + 1);
  if (product.kind == ProductKind::kDeletion) {
    return text + " without " + residues_text(product, strand);
  }
  if (product.kind == ProductKind::kLongmer)
    return text + " with " + residues_text(product, strand) + " more";
  return text + ends_text(product, strand);
}

std::string Change::name() const {
  const std::string& text = declared(kind).name;
  if (kind == ChangeKind::kDepyrimidination) return "loss of " + base;
  return base.empty() ? text : text + " of " + base;
}

std::vector<Change> changes_of(const Molecule& molecule) {
  std::vector<Change> all = {
      {ChangeKind::kPsToPo, "", {{O, 1}, {S, -1}}},
      {ChangeKind::kDeamination, "", {{O, 1}, {N, -1}, {H, -1}}},
      {ChangeKind::kCnet, "", {{C, 3}, {H, 3}, {N, 1}}},
  };
  for (const std::string_view base : {"A", "G", "I", "D", "C", "5mC", "T", "U"}) {
    all.push_back(base_loss(base));
  }
  std::erase_if(all, [&](const Change& change) {
    return std::ranges::none_of(molecule.strands,
                                [&](const Strand& strand) { return n_sites(change, strand) > 0; });
  });
  return all;
}

bool applies(const Change& change, const Unit& unit) {
  switch (change.kind) {
    case ChangeKind::kPsToPo:
      return false;
    case ChangeKind::kDeamination:
      return has_amine(unit.base);
    case ChangeKind::kCnet:
      return has_cnet_site(unit.base);
    case ChangeKind::kDepurination:
    case ChangeKind::kDepyrimidination:
      return unit.base == change.base;
  }
  return false;
}

int n_sulfur_links(const Strand& strand) {
  const auto n = std::ranges::count_if(strand.units,
                                       [](const Unit& unit) { return is_sulfur_link(unit.link); });
  return static_cast<int>(n) + (is_sulfur_link(strand.five_end.link) ? 1 : 0) +
         (is_sulfur_link(strand.three_end.link) ? 1 : 0);
}

int n_sites(const Change& change, const Strand& strand) {
  if (change.kind == ChangeKind::kPsToPo) return n_sulfur_links(strand);
  return static_cast<int>(
      std::ranges::count_if(strand.units, [&](const Unit& unit) { return applies(change, unit); }));
}

double n_placements(std::span<const Change> changes, std::span<const int> counts,
                    const Strand& strand) {
  DW_CHECK(changes.size() == counts.size(), "one count per change");
  std::vector<int> wanted(counts.begin(), counts.end());
  double on_links = 1;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].kind != ChangeKind::kPsToPo) continue;
    on_links *= binomial(n_sulfur_links(strand), wanted[i]);
    wanted[i] = 0;
  }
  // From residue to residue: how many ways lead to each number of changes still to be placed.
  std::map<std::vector<int>, double> ways = {{wanted, 1.0}};
  for (const Unit& unit : strand.units) {
    std::map<std::vector<int>, double> next = ways;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (!applies(changes[i], unit)) continue;
      for (const auto& [left, n] : ways) {
        if (left[i] == 0) continue;
        std::vector<int> fewer = left;
        --fewer[i];
        next[fewer] += n;
      }
    }
    ways = std::move(next);
  }
  return on_links * ways[std::vector<int>(wanted.size(), 0)];
}

}  // namespace dosewright::molecule
