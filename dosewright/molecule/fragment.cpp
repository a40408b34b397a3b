#include "dosewright/molecule/fragment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "dosewright/base/document.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::molecule {

namespace {

std::vector<int> valences(Element element) {
  switch (element) {
    case Element::B:
      return {3};
    case Element::C:
    case Element::Si:
      return {4};
    case Element::N:
      return {3};
    case Element::O:
      return {2};
    case Element::P:
      return {3, 5};
    case Element::S:
      return {2, 4, 6};
    case Element::F:
    case Element::Cl:
    case Element::Br:
    case Element::I:
    case Element::H:
      return {1};
    default:
      return {};
  }
}

bool is_metal(Element element) {
  return element == Element::Li || element == Element::Na || element == Element::K ||
         element == Element::Mg;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// One pass over the text. An atom's neighbours are listed in the order of the text, because @ and
// @@ speak of that order; a ring closure holds its place in the list until its partner is found.
class SmilesReader {
 public:
  explicit SmilesReader(std::string_view text) : text_(text) {}

  Result<Fragment> read() {
    while (at_ < text_.size() && faults_.empty()) step();
    if (faults_.empty()) check_closed();
    if (faults_.empty()) finish();
    if (!faults_.empty()) return faults_;
    return std::move(fragment_);
  }

 private:
  struct Ring {
    int atom = 0;
    std::size_t slot = 0;  // in the neighbours of that atom
    int order = 0;         // 0: not written
  };
  struct Reading {
    std::vector<int> neighbours;
    std::optional<bool> clockwise;
    bool bracket = false;
    std::size_t at = 0;
  };

  void fault(std::size_t at, const std::string& message) {
    faults_.add({}, fmt::format("{} at position {}", message, at + 1));
  }

  std::string found() const {
    return at_ < text_.size() ? "found '" + shown_text(text_.substr(at_, 1)) + "'"
                              : "found the end";
  }

  void step() {
    const char c = text_[at_];
    if (c == '(') {
      open_branch();
    } else if (c == ')') {
      close_branch();
    } else if (c == '-' || c == '=' || c == '#') {
      order_ = c == '-' ? 1 : c == '=' ? 2 : 3;
      ++at_;
    } else if (is_digit(c) || c == '%') {
      read_ring();
    } else if (c == '[') {
      read_bracket();
    } else {
      read_bare();
    }
  }

  void open_branch() {
    if (previous_ < 0) return fault(at_, "expected an atom before the branch, found '('");
    branches_.push_back(previous_);
    ++at_;
  }

  void close_branch() {
    if (branches_.empty()) return fault(at_, "found ')' without its '('");
    previous_ = branches_.back();
    branches_.pop_back();
    ++at_;
  }

  void read_bare() {
    for (const std::size_t length : {2UL, 1UL}) {
      const std::string_view word = text_.substr(at_, length);
      const auto element = element_named(word);
      if (!element || word.size() != length || usual_valence(*element, 0) < 0 ||
          *element == Element::H || *element == Element::Si) {
        continue;
      }
      add_atom({*element, 0, 0}, {});
      at_ += length;
      return;
    }
    fault(at_, "expected an atom, a bond, a branch or a ring closure, " + found());
  }

  int add_atom(const Atom& atom, Reading reading) {
    const auto index = static_cast<int>(fragment_.atoms.size());
    reading.at = at_;
    fragment_.atoms.push_back(atom);
    if (previous_ >= 0) {
      reading.neighbours.insert(reading.neighbours.begin(), previous_);
      readings_[static_cast<std::size_t>(previous_)].neighbours.push_back(index);
      fragment_.bonds.push_back({previous_, index, order_ == 0 ? 1 : order_});
    } else if (index > 0) {
      fault(at_, "the structure has a second part");
    }
    readings_.push_back(std::move(reading));
    place_first_label(index);
    previous_ = index;
    order_ = 0;
    return index;
  }

  // "[*:1]N...": the text may begin with the place where a neighbour binds.
  void place_first_label(int index) {
    if (first_label_ == 0) return;
    auto& neighbours = readings_[static_cast<std::size_t>(index)].neighbours;
    neighbours.insert(neighbours.begin(), open_place(first_label_));
    fragment_.attachments.push_back({first_label_, index});
    first_label_ = 0;
  }

  void read_ring() {
    if (previous_ < 0) return fault(at_, "expected an atom before the ring closure, " + found());
    std::string_view digits = text_.substr(at_, 1);
    if (text_[at_] == '%') {
      digits = text_.substr(at_ + 1, 2);
      if (digits.size() != 2 || !is_digit(digits[0]) || !is_digit(digits[1])) {
        return fault(at_, "expected two digits after '%'");
      }
    }
    const int number = std::stoi(std::string(digits));
    auto& neighbours = readings_[static_cast<std::size_t>(previous_)].neighbours;
    const auto open = rings_.find(number);
    if (open == rings_.end()) {
      rings_[number] = {previous_, neighbours.size(), order_};
      neighbours.push_back(0);
    } else {
      const Ring ring = open->second;
      rings_.erase(open);
      if (ring.atom == previous_) return fault(at_, "the ring closure binds an atom to itself");
      if (ring.order != 0 && order_ != 0 && ring.order != order_) {
        return fault(at_, "the two ends of the ring closure have different bonds");
      }
      neighbours.push_back(ring.atom);
      readings_[static_cast<std::size_t>(ring.atom)].neighbours[ring.slot] = previous_;
      fragment_.bonds.push_back({ring.atom, previous_, std::max({1, ring.order, order_})});
    }
    order_ = 0;
    at_ += text_[at_] == '%' ? 3 : 1;
  }

  void read_bracket() {
    const std::size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) return fault(at_, "found '[' without its ']'");
    std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    if (inside.starts_with('*')) {
      read_label(inside);
    } else {
      read_bracket_atom(inside);
    }
    at_ = end + 1;
  }

  void read_label(std::string_view inside) {
    if (inside.size() != 3 || inside[1] != ':' || !is_digit(inside[2]) || inside[2] == '0') {
      return fault(at_,
                   "expected an attachment point like [*:1], found '[" + shown_text(inside) + "]'");
    }
    if (order_ > 1) return fault(at_, "an attachment point needs a single bond");
    const int label = inside[2] - '0';
    order_ = 0;
    if (previous_ < 0) {
      first_label_ = label;
      return;
    }
    readings_[static_cast<std::size_t>(previous_)].neighbours.push_back(open_place(label));
    fragment_.attachments.push_back({label, previous_});
  }

  void read_bracket_atom(std::string_view inside) {
    std::size_t i = inside.size() > 1 && inside[1] >= 'a' && inside[1] <= 'z' ? 2 : 1;
    const auto element = element_named(inside.substr(0, i));
    if (!element) {
      return fault(at_, "unknown element '" + shown_text(inside.substr(0, i)) + "'");
    }
    Atom atom{*element, 0, 0};
    Reading reading;
    reading.bracket = true;
    if (inside.substr(i).starts_with("@")) {
      reading.clockwise = inside.substr(i).starts_with("@@");
      i += *reading.clockwise ? 2 : 1;
    }
    if (inside.substr(i).starts_with("H")) {
      ++i;
      atom.n_hydrogens = i < inside.size() && is_digit(inside[i]) ? inside[i++] - '0' : 1;
    }
    if (i < inside.size() && (inside[i] == '+' || inside[i] == '-')) {
      const int sign = inside[i++] == '+' ? 1 : -1;
      atom.charge = sign * (i < inside.size() && is_digit(inside[i]) ? inside[i++] - '0' : 1);
    }
    if (i != inside.size()) {
      return fault(at_, "cannot read '" + shown_text(inside.substr(i)) + "' in the brackets");
    }
    for (int n = 0; n < atom.n_hydrogens; ++n) reading.neighbours.push_back(kHydrogen);
    add_atom(atom, std::move(reading));
  }

  void check_closed() {
    if (fragment_.atoms.empty()) fault(at_, "expected an atom, " + found());
    if (order_ != 0) fault(at_, "expected an atom after the bond, " + found());
    if (!branches_.empty()) fault(at_, "a branch is not closed");
    if (!rings_.empty()) {
      fault(at_, fmt::format("ring closure {} is not closed", rings_.begin()->first));
    }
  }

  void finish() {
    std::vector<int> bonds(fragment_.atoms.size(), 0);
    for (const Bond& bond : fragment_.bonds) {
      bonds[static_cast<std::size_t>(bond.from)] += bond.order;
      bonds[static_cast<std::size_t>(bond.to)] += bond.order;
    }
    for (const Attachment& attachment : fragment_.attachments) {
      ++bonds[static_cast<std::size_t>(attachment.atom)];
    }
    for (std::size_t i = 0; i < fragment_.atoms.size(); ++i) finish_atom(i, bonds[i]);
  }

  void finish_atom(std::size_t i, int n_bonds) {
    Atom& atom = fragment_.atoms[i];
    const Reading& reading = readings_[i];
    if (!reading.bracket) {
      const int valence = usual_valence(atom.element, n_bonds);
      if (valence >= 0) atom.n_hydrogens = valence - n_bonds;
    }
    if (!is_valence(atom.element, atom.charge, n_bonds + atom.n_hydrogens)) {
      fault(reading.at, fmt::format("{} with {} bonds, hydrogens included, is no valence of it",
                                    symbol(atom.element), n_bonds + atom.n_hydrogens));
    }
    if (!reading.clockwise) return;
    if (reading.neighbours.size() != 4) {
      return fault(reading.at, fmt::format("a stereo centre has four neighbours, found {}",
                                           reading.neighbours.size()));
    }
    Centre centre;
    centre.atom = static_cast<int>(i);
    std::ranges::copy(reading.neighbours, centre.neighbours.begin());
    centre.clockwise = *reading.clockwise;
    fragment_.centres.push_back(centre);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int previous_ = -1;
  int order_ = 0;
  int first_label_ = 0;
  std::vector<int> branches_;
  std::map<int, Ring> rings_;
  std::vector<Reading> readings_;
  Fragment fragment_;
  Faults faults_;
};

void check_labels(Node& node, std::string_view labels, const Fragment& fragment) {
  for (const char label : labels) {
    const auto n = std::ranges::count(fragment.attachments, label - '0', &Attachment::label);
    if (n != 1) {
      node.fault(
          fmt::format("expected the attachment point [*:{}] once, found it {} times", label, n));
    }
  }
  for (const Attachment& attachment : fragment.attachments) {
    if (labels.find(static_cast<char>('0' + attachment.label)) == std::string_view::npos) {
      node.fault(fmt::format("unknown attachment point [*:{}]", attachment.label),
                 fmt::format("the points here are {}", labels));
    }
  }
}

void read_layout(Node list, Fragment& fragment) {
  for (Node& item : list.items()) {
    const std::vector<double> pair = item.numbers();
    if (pair.size() != 2) {
      item.fault("expected two coordinates");
      continue;
    }
    fragment.layout.push_back({pair[0], pair[1]});
  }
  if (fragment.layout.size() > fragment.atoms.size()) {
    list.fault(
        fmt::format("{} places for {} atoms", fragment.layout.size(), fragment.atoms.size()));
  }
}

}  // namespace

int Fragment::attached(int label) const {
  const auto found = std::ranges::find(attachments, label, &Attachment::label);
  return found == attachments.end() ? -1 : found->atom;
}

int usual_valence(Element element, int n_bonds) {
  for (const int valence : valences(element)) {
    if (valence >= n_bonds) return valence;
  }
  return -1;
}

bool is_valence(Element element, int charge, int n_bonds) {
  if (is_metal(element)) return n_bonds == 0 && charge > 0;
  // An ion has the valences of its neighbour in the periodic table, as far as they occur here:
  // N+ and P+ bind once more, O- and S- once less.
  for (const int valence : valences(element)) {
    if (valence + charge == n_bonds) return true;
  }
  return false;
}

Result<Fragment> parse_fragment(std::string_view text) {
  return SmilesReader(text).read();
}

void read_fragment(Node& table, std::string_view labels, Fragment& fragment) {
  if (labels.empty()) return;
  Node node = table.at("structure");
  const std::string text = node.text();
  if (text.empty()) return;
  Result<Fragment> parsed = parse_fragment(text);
  if (!parsed.ok()) {
    for (const Fault& fault : parsed.faults()) node.fault(fault.message, fault.hint);
  } else {
    fragment = std::move(*parsed);
    check_labels(node, labels, fragment);
  }
  Node layout = table.find("layout");
  if (layout.exists() && !fragment.atoms.empty()) read_layout(layout, fragment);
}

}  // namespace dosewright::molecule
