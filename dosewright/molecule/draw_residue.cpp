// The structure of one residue. Carbon is a corner, other atoms are letters with their hydrogens,
// stereo centres have one wedge, and the ends of the chain are dashed bonds to 5' and 3'.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/draw.hpp"
#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/layout.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/svg.hpp"

namespace dosewright::molecule {

namespace {

constexpr double kBond = 46;    // pixels in a bond length
constexpr double kLetter = 17;  // font size of atoms
constexpr double kMargin = 60;

std::size_t index(int i) {
  return static_cast<std::size_t>(i);
}

std::string_view ink_of(Element element) {
  switch (element) {
    case Element::O:
      return "#b42318";
    case Element::N:
      return "#1d4ed8";
    case Element::P:
      return "#a15c07";
    case Element::S:
      return "#856404";
    case Element::F:
      return "#0f766e";
    default:
      return kInk;
  }
}

class ResidueDrawing {
 public:
  explicit ResidueDrawing(const ResidueGraph& residue)
      : residue_(residue), graph_(residue.graph), bonds_(bonds_of_atoms(residue.graph)) {
    double left = 1e9, bottom = 1e9, right = -1e9, top = -1e9;
    for (const Place2D place : graph_.places) {
      left = std::min(left, place.x);
      right = std::max(right, place.x);
      bottom = std::min(bottom, place.y);
      top = std::max(top, place.y);
    }
    left_ = left;
    top_ = top;
    size_ = {std::max(420.0, (right - left) * kBond + 2 * kMargin + 60),
             (top - bottom) * kBond + 2 * kMargin + 110};
  }

  std::string draw(const std::string& title, const std::string& subtitle) {
    svg_.text({24, 28}, title, {18, kInk, "start", true});
    svg_.text({24, 52}, subtitle, {13, "#52606d", "start", false});
    size_.x = std::max(size_.x, text_width(subtitle, 13) + 48);
    const std::vector<Wedge> list = wedges(graph_);
    for (std::size_t i = 0; i < graph_.bonds.size(); ++i) {
      const auto wedge = std::ranges::find(list, static_cast<int>(i), &Wedge::bond);
      draw_bond(graph_.bonds[i], wedge == list.end() ? nullptr : &*wedge);
    }
    for (const OpenPlace& open : residue_.open) draw_open(open);
    for (std::size_t i = 0; i < graph_.atoms.size(); ++i) draw_atom(static_cast<int>(i));
    return svg_.document(size_, title);
  }

 private:
  Pixel at(int atom) const {
    const Place2D place = graph_.places[index(atom)];
    return {(place.x - left_) * kBond + kMargin + 30, (top_ - place.y) * kBond + kMargin + 80};
  }

  bool has_letter(int atom) const {
    return graph_.atoms[index(atom)].element != Element::C || bonds_[index(atom)].size() < 2;
  }

  // The bond's end, pulled back from a letter.
  Pixel end_at(int atom, Pixel other) const {
    const Pixel p = at(atom);
    if (!has_letter(atom)) return p;
    const double size = std::hypot(other.x - p.x, other.y - p.y);
    const double back = std::min(11.0, size / 3);
    return {p.x + (other.x - p.x) / size * back, p.y + (other.y - p.y) / size * back};
  }

  void draw_bond(const Bond& bond, const Wedge* wedge) {
    const Pixel a = end_at(bond.from, at(bond.to));
    const Pixel b = end_at(bond.to, at(bond.from));
    if (wedge != nullptr) {
      wedge->centre == bond.from ? draw_wedge(a, b, wedge->up) : draw_wedge(b, a, wedge->up);
    } else if (bond.order == 2) {
      draw_double(bond, a, b);
    } else {
      svg_.line(a, b, "#ffffff", 7);  // a bond that passes in front leaves a gap in the other
      svg_.line(a, b, kInk, 2);
    }
  }

  void draw_wedge(Pixel point, Pixel wide, bool up) {
    const double size = std::hypot(wide.x - point.x, wide.y - point.y);
    const Pixel across = {-(wide.y - point.y) / size, (wide.x - point.x) / size};
    const double half = 5;
    if (up) {
      svg_.polygon({point,
                    {wide.x + across.x * half, wide.y + across.y * half},
                    {wide.x - across.x * half, wide.y - across.y * half}},
                   kInk);
      return;
    }
    constexpr int kHatches = 6;
    for (int i = 1; i <= kHatches; ++i) {
      const double t = static_cast<double>(i) / kHatches;
      const Pixel middle = {point.x + (wide.x - point.x) * t, point.y + (wide.y - point.y) * t};
      svg_.line({middle.x + across.x * half * t, middle.y + across.y * half * t},
                {middle.x - across.x * half * t, middle.y - across.y * half * t}, kInk, 1.8);
    }
  }

  // The second line lies inside a ring, that is on the side with more neighbours; a bond to an end
  // such as =O has both lines beside the middle.
  void draw_double(const Bond& bond, Pixel a, Pixel b) {
    const double size = std::hypot(b.x - a.x, b.y - a.y);
    const Pixel across = {-(b.y - a.y) / size, (b.x - a.x) / size};
    if (bonds_[index(bond.from)].size() < 2 || bonds_[index(bond.to)].size() < 2) {
      const Pixel shift = {across.x * 2.8, across.y * 2.8};
      svg_.line({a.x + shift.x, a.y + shift.y}, {b.x + shift.x, b.y + shift.y}, kInk, 2);
      svg_.line({a.x - shift.x, a.y - shift.y}, {b.x - shift.x, b.y - shift.y}, kInk, 2);
      return;
    }
    const double side = side_of_ring(bond, across) * 5.5;
    const Pixel in = {(b.x - a.x) * 0.12, (b.y - a.y) * 0.12};
    svg_.line(a, b, kInk, 2);
    svg_.line({a.x + across.x * side + in.x, a.y + across.y * side + in.y},
              {b.x + across.x * side - in.x, b.y + across.y * side - in.y}, kInk, 2);
  }

  // Neighbours of both ends that are ring members pull the line to their side; an atom that lies
  // straight out from the ring pulls less than one that closes it.
  double side_of_ring(const Bond& bond, Pixel across) const {
    const std::vector<int> ring = small_ring(bond);
    const Pixel middle = {(at(bond.from).x + at(bond.to).x) / 2,
                          (at(bond.from).y + at(bond.to).y) / 2};
    double pull = 0;
    for (const int atom : ring) {
      pull += (at(atom).x - middle.x) * across.x + (at(atom).y - middle.y) * across.y;
    }
    return pull >= 0 ? 1 : -1;
  }

  // The smallest ring of the bond; of two alike the first that is found.
  std::vector<int> small_ring(const Bond& bond) const {
    std::vector<std::pair<int, int>> seen = {{bond.from, -1}};
    for (std::size_t i = 0; i < seen.size(); ++i) {
      for (const int b : bonds_[index(seen[i].first)]) {
        const Bond& step = graph_.bonds[index(b)];
        const int next = step.from == seen[i].first ? step.to : step.from;
        if (seen[i].first == bond.from && next == bond.to) continue;
        if (next == bond.to) {
          std::vector<int> ring = {next};
          for (int k = static_cast<int>(i); k >= 0; k = seen[index(k)].second) {
            ring.push_back(seen[index(k)].first);
          }
          return ring;
        }
        if (std::ranges::find(seen, next, &std::pair<int, int>::first) == seen.end()) {
          seen.emplace_back(next, static_cast<int>(i));
        }
      }
    }
    return {};
  }

  void draw_open(const OpenPlace& open) {
    const Pixel from = at(open.atom);
    const double sign = open.three_prime ? 1 : -1;
    const Pixel to = {from.x, from.y + sign * kBond * 0.95};
    svg_.dashed({from.x, from.y + sign * 12}, to, kInk, 2);
    svg_.text({to.x, to.y + sign * 14}, open.three_prime ? "3′" : "5′",
              {15, "#52606d", "middle", true});
  }

  // Hydrogens stand on the side away from the neighbours: "HO" on the left, "OH" on the right.
  bool hydrogens_left(int atom) const {
    double pull = 0;
    for (const int b : bonds_[index(atom)]) {
      const Bond& bond = graph_.bonds[index(b)];
      pull += at(bond.from == atom ? bond.to : bond.from).x - at(atom).x;
    }
    return pull > 1;
  }

  void draw_atom(int i) {
    if (!has_letter(i)) return;
    const Atom& atom = graph_.atoms[index(i)];
    const Pixel place = at(i);
    const std::string letter(symbol(atom.element));
    std::string hydrogens;
    if (atom.n_hydrogens > 0) hydrogens = "H";
    const std::string count = atom.n_hydrogens > 1
                                  ? fmt::format("<tspan font-size=\"{:.0f}\" dy=\"4\">{}</tspan>",
                                                kLetter * 0.7, atom.n_hydrogens)
                                  : std::string();
    const bool left = !hydrogens.empty() && hydrogens_left(i);
    const double half = 0.36 * kLetter;
    svg_.circle(place, 10, "#ffffff");
    // The element's letter is centred on its atom; the rest hangs on one side.
    const std::string shift = count.empty() ? "" : " dy=\"-4\"";
    const std::string markup =
        left ? hydrogens + count + fmt::format("<tspan{}>{}</tspan>", shift, letter)
             : letter + hydrogens + count;
    const double x = left ? place.x + half : place.x - half;
    svg_.raw(
        fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" font-size=\"{:.0f}\" text-anchor=\"{}\" "
                    "fill=\"{}\">{}</text>\n",
                    x, place.y + 0.36 * kLetter, kLetter, left ? "end" : "start",
                    ink_of(atom.element), markup));
  }

  const ResidueGraph& residue_;
  const AtomGraph& graph_;
  std::vector<std::vector<int>> bonds_;
  double left_ = 0, top_ = 0;
  Pixel size_;
  Svg svg_;
};

}  // namespace

Result<std::string> draw_residue(const Molecule& molecule, int strand, int residue) {
  const auto n_strands = static_cast<int>(molecule.strands.size());
  if (strand < 1 || strand > n_strands) {
    return Fault{
        {}, fmt::format("expected a strand from 1 to {}, found {}", n_strands, strand), {}, {}};
  }
  const Strand& chosen = molecule.strands[index(strand - 1)];
  const auto n = static_cast<int>(chosen.units.size());
  if (residue < 1 || residue > n) {
    return Fault{{}, fmt::format("expected a residue from 1 to {}, found {}", n, residue), {}, {}};
  }
  const Unit& unit = chosen.units[index(residue - 1)];
  DW_TRY(graph, build_residue(unit));
  std::string subtitle =
      name_of(Kind::kBase, unit.base) + " on " + name_of(Kind::kSugar, unit.sugar);
  if (!unit.link.empty()) subtitle += "; " + name_of(Kind::kLink, unit.link);
  const std::string title = fmt::format("Residue {} of {}{}", residue, n,
                                        n_strands > 1 ? fmt::format(", strand {}", strand) : "");
  return ResidueDrawing(graph).draw(title, subtitle);
}

}  // namespace dosewright::molecule
