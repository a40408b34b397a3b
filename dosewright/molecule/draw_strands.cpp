// Strands as rows of tiles. A tile says everything twice, by colour and in letters, so that it
// reads without colour too. Rows are of even length; a row goes on where an arrow says so.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/draw.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/svg.hpp"

namespace dosewright::molecule {

namespace {

constexpr double kTile = 40;  // width of a tile
constexpr double kTileHeight = 54;
constexpr double kPitch = 56;  // from tile to tile
constexpr double kSide = 92;   // room for the ends of a strand
constexpr double kHead = 84;   // room for the title
constexpr std::size_t kPerRow = 20;
constexpr std::size_t kPerDuplexRow = 25;
constexpr std::string_view kQuiet = "#52606d";

struct Look {
  std::string_view id, fill, edge, word;
};

// Colours with at least 7:1 contrast to the letters on them.
constexpr std::array kSugarLooks = {
    Look{"d", "#e4e9ef", "#9aa5b1", "DNA"},   Look{"r", "#fbe3b5", "#c99a2e", "RNA"},
    Look{"moe", "#a7e3d4", "#2f9e83", "MOE"}, Look{"m", "#bcd7f7", "#4c86c6", "OMe"},
    Look{"f", "#dccbf5", "#8a63c9", "F"},     Look{"lna", "#f8c0b8", "#cf5f4f", "LNA"},
    Look{"cet", "#f9cfe3", "#c9558d", "cEt"}, Look{"mor", "#dbe8b0", "#87a122", "PMO"}};

constexpr std::array kLinkLooks = {
    Look{"p", "#ffffff", "#52606d", "o"}, Look{"s", "#ffd166", "#9a6b00", "s"},
    Look{"sR", "#ffd166", "#9a6b00", "R"}, Look{"sS", "#ffd166", "#9a6b00", "S"},
    Look{"n", "#c5d4e3", "#3e5c76", "N"}};

template <class Looks>
Look look_of(const Looks& looks, const std::string& id) {
  const auto found = std::ranges::find(looks, id, &Look::id);
  return found == looks.end() ? Look{id, "#ffffff", "#52606d", id} : *found;
}

char letter_of(const Unit& unit) {
  const Monomer* monomer = library().find(Kind::kBase, unit.base);
  return monomer == nullptr ? '?' : monomer->letter;
}

// Bases whose name is not their letter have a second mark in the tile's corner.
std::string mark_of(const Unit& unit) {
  if (unit.base.size() == 1 && unit.base[0] == letter_of(unit)) return {};
  return unit.base == "5mC" ? "5m" : unit.base;
}

std::string end_text(const End& end) {
  if (!end.conjugate.empty()) return end.conjugate;
  return end.group;
}

bool pairs(char a, char b) {
  const auto is = [&](char x, char y) { return (a == x && b == y) || (a == y && b == x); };
  return is('A', 'T') || is('A', 'U') || is('C', 'G') || is('G', 'U') || is('G', 'T') ||
         is('I', 'C');
}

// Wings around a gap of deoxyribose: a run of other sugars, at least five of d, a run of others.
struct Gapmer {
  std::size_t five_wing = 0, gap = 0, three_wing = 0;
};

Gapmer gapmer_of(const Strand& strand) {
  const auto is_d = [](const Unit& unit) { return unit.sugar == "d"; };
  const auto& units = strand.units;
  const auto first = std::ranges::find_if(units, is_d);
  const auto last = std::find_if_not(first, units.end(), is_d);
  Gapmer found{static_cast<std::size_t>(first - units.begin()),
               static_cast<std::size_t>(last - first),
               static_cast<std::size_t>(units.end() - last)};
  const bool is_gapmer = found.five_wing > 0 && found.gap >= 5 && found.three_wing > 0 &&
                         std::none_of(last, units.end(), is_d);
  return is_gapmer ? found : Gapmer{};
}

class Picture {
 public:
  explicit Picture(const Molecule& molecule) : molecule_(molecule) {}

  std::string draw() {
    const bool duplex = molecule_.strands.size() == 2;
    y_ = kHead;
    if (duplex) {
      draw_duplex();
    } else {
      for (const Strand& strand : molecule_.strands) draw_single(strand);
    }
    draw_legend();
    svg_.text({24, 30}, title(), {19, kInk, "start", true});
    svg_.text({24, 56}, subtitle(), {13, kQuiet, "start", false});
    width_ = std::max(width_, 48 + text_width(subtitle(), 13));
    return svg_.document({width_, y_ + 12}, title());
  }

 private:
  std::string title() const {
    if (!molecule_.name.empty()) return molecule_.name;
    return molecule_.strands.size() == 2 ? "Duplex" : "Strand";
  }

  // "20 residues, gapmer 5-10-5, 19 phosphorothioate links"
  std::string subtitle() const {
    std::vector<std::string> parts;
    std::vector<std::string> lengths;
    std::map<std::string, int> links;
    for (const Strand& strand : molecule_.strands) {
      lengths.push_back(std::to_string(strand.units.size()));
      for (const Unit& unit : strand.units) {
        if (!unit.link.empty()) ++links[unit.link];
      }
    }
    parts.push_back(join(lengths, " + ") + " residues");
    if (molecule_.strands.size() == 1) {
      const Gapmer gapmer = gapmer_of(molecule_.strands[0]);
      if (gapmer.gap > 0) {
        parts.push_back(
            fmt::format("gapmer {}-{}-{}", gapmer.five_wing, gapmer.gap, gapmer.three_wing));
      }
    }
    for (const auto& [id, n] : links) {
      parts.push_back(fmt::format("{} × {}", n, name_of(Kind::kLink, id)));
    }
    return join(parts, ", ") + ". For research; not a medical device.";
  }

  double column_x(std::size_t column) const { return kSide + static_cast<double>(column) * kPitch; }

  void draw_tile(Pixel corner, const Unit& unit, std::size_t number, bool number_below) {
    const Look look = look_of(kSugarLooks, unit.sugar);
    svg_.rectangle(corner, {kTile, kTileHeight}, 7, look.fill, look.edge);
    const double middle = corner.x + kTile / 2;
    svg_.text({middle, corner.y + 25}, std::string(1, letter_of(unit)), {21, kInk, "middle", true});
    const std::string mark = mark_of(unit);
    if (!mark.empty()) {
      svg_.text({corner.x + 4, corner.y + 8}, mark, {9, kInk, "start", true});
    }
    svg_.text({middle, corner.y + kTileHeight - 10}, look.word, {10, kInk, "middle", false});
    if (number == 1 || number % 5 == 0) {
      svg_.text({middle, corner.y + (number_below ? kTileHeight + 11 : -9.0)},
                std::to_string(number), {11, kQuiet, "middle", false});
    }
    note(sugars_, unit.sugar);
    if (!mark.empty()) note(bases_, unit.base);
  }

  // Between two tiles, or at the end of a row before the strand goes on.
  void draw_link(Pixel middle, const std::string& id) {
    if (id.empty()) return;
    const Look look = look_of(kLinkLooks, id);
    svg_.line({middle.x - 8, middle.y}, {middle.x + 8, middle.y}, look.edge, 2);
    if (id != "p") {
      svg_.circle(middle, 7, look.fill, look.edge);
      svg_.text(middle, look.word, {10, kInk, "middle", true});
    }
    note(links_, id);
  }

  // A free 3' end of a morpholine is a nitrogen with its hydrogen.
  void draw_five_end(double x, double y, bool left, const Strand& strand) {
    draw_end({x, y}, left, "5′", strand.five_end, "OH");
  }
  void draw_three_end(double x, double y, bool left, const Strand& strand) {
    draw_end({x, y}, left, "3′", strand.three_end, strand.units.back().sugar == "mor" ? "H" : "OH");
  }

  void draw_end(Pixel at, bool left, std::string_view prime, const End& end,
                std::string_view free) {
    const double x = at.x;
    const double y = at.y;
    const double away = left ? -1 : 1;
    svg_.text({x + away * 16, y}, prime, {15, kInk, "middle", true});
    const std::string word = end_text(end);
    if (word == "OH") {
      const std::string mark =
          left ? std::string(free.rbegin(), free.rend()) + "–" : "–" + std::string(free);
      svg_.text({x + away * 30, y}, mark, {12, kQuiet, left ? "end" : "start", false});
      return;
    }
    const double width = std::max(30.0, text_width(word, 12) + 12);
    const double corner = left ? x - 30 - width : x + 30;
    svg_.rectangle({corner, y - 12}, {width, 24}, 12, "#3e4c59");
    svg_.text({corner + width / 2, y}, word, {12, "#ffffff", "middle", true});
    if (!end.link.empty()) note(links_, end.link);
    if (!end.conjugate.empty()) note(conjugates_, end.conjugate);
    if (end.conjugate.empty()) note(ends_, end.group);
  }

  static std::size_t row_length(std::size_t n, std::size_t most) {
    const std::size_t rows = (n + most - 1) / most;
    return (n + rows - 1) / rows;
  }

  void grow_to(std::size_t columns) {
    width_ = std::max(width_, column_x(columns) - (kPitch - kTile) + kSide);
  }

  void draw_single(const Strand& strand) {
    const std::size_t n = strand.units.size();
    const std::size_t per_row = row_length(n, kPerRow);
    const Gapmer gapmer = gapmer_of(strand);
    if (!strand.name.empty()) {
      svg_.text({24, y_}, strand.name, {13, kInk, "start", true});
      y_ += 22;
    }
    for (std::size_t first = 0; first < n; first += per_row) {
      const std::size_t last = std::min(n, first + per_row);
      y_ += 18;
      draw_row(strand, first, last);
      if (gapmer.gap > 0) draw_brackets(gapmer, first, last);
      y_ += kTileHeight + (gapmer.gap > 0 ? 40 : 18);
    }
    grow_to(per_row);
  }

  void draw_row(const Strand& strand, std::size_t first, std::size_t last) {
    const std::size_t n = strand.units.size();
    const double middle = y_ + kTileHeight / 2;
    for (std::size_t i = first; i < last; ++i) {
      const double x = column_x(i - first);
      draw_tile({x, y_}, strand.units[i], i + 1, false);
      draw_link({x + kTile + (kPitch - kTile) / 2, middle}, strand.units[i].link);
    }
    const double right = column_x(last - first) - (kPitch - kTile);
    if (first == 0) {
      draw_five_end(kSide, middle, true, strand);
    } else {
      svg_.text({kSide - 22, middle}, "→", {20, kQuiet, "middle", false});
    }
    if (last == n) {
      draw_three_end(right, middle, false, strand);
    } else {
      svg_.text({right + 34, middle}, "→", {20, kQuiet, "middle", false});
    }
  }

  void draw_brackets(const Gapmer& gapmer, std::size_t first, std::size_t last) {
    const std::size_t gap_end = gapmer.five_wing + gapmer.gap;
    draw_bracket("wing", 0, gapmer.five_wing, first, last);
    draw_bracket("gap", gapmer.five_wing, gap_end, first, last);
    draw_bracket("wing", gap_end, gap_end + gapmer.three_wing, first, last);
  }

  // The part of [from, to) that stands in the row [first, last).
  void draw_bracket(std::string_view word, std::size_t from, std::size_t to, std::size_t first,
                    std::size_t last) {
    const std::size_t begin = std::max(from, first);
    const std::size_t end = std::min(to, last);
    if (begin >= end) return;
    const double left = column_x(begin - first) + 2;
    const double right = column_x(end - first) - (kPitch - kTile) - 2;
    const double y = y_ + kTileHeight + 10;
    const bool gap = word == "gap";
    const std::string_view colour = gap ? "#52606d" : "#2f9e83";
    svg_.line({left, y}, {right, y}, colour, 3);
    svg_.text({(left + right) / 2, y + 14}, fmt::format("{} of {}", word, to - from),
              {12, kQuiet, "middle", gap});
  }

  // How many columns the second strand, written 3' to 5', begins to the right of the first.
  int shift() const {
    const auto& first = molecule_.strands[0].units;
    const auto& second = molecule_.strands[1].units;
    const auto n = static_cast<int>(first.size());
    const auto m = static_cast<int>(second.size());
    if (!molecule_.pairing.empty()) {
      const auto [i, j] = molecule_.pairing.front();
      const int fixed = i - (m - 1 - j);
      const bool even = std::ranges::all_of(molecule_.pairing, [&](const auto& pair) {
        return pair.first - (m - 1 - pair.second) == fixed;
      });
      if (even) return fixed;
    }
    int best = 0, most = -1;
    for (int offset = -m + 1; offset < n; ++offset) {
      int count = 0;
      for (int i = std::max(0, offset); i < std::min(n, offset + m); ++i) {
        const auto j = static_cast<std::size_t>(m - 1 - (i - offset));
        count += pairs(letter_of(first[static_cast<std::size_t>(i)]), letter_of(second[j])) ? 1 : 0;
      }
      if (count > most) {
        most = count;
        best = offset;
      }
    }
    return best;
  }

  void draw_duplex() {
    const int offset = shift();
    const auto n = static_cast<int>(molecule_.strands[0].units.size());
    const auto m = static_cast<int>(molecule_.strands[1].units.size());
    const int left = std::min(0, offset);
    const auto columns = static_cast<std::size_t>(std::max(n, offset + m) - left);
    const std::size_t per_row = row_length(columns, kPerDuplexRow);
    for (std::size_t first = 0; first < columns; first += per_row) {
      y_ += 20;
      const auto begin = static_cast<int>(first) + left;
      const int end = std::min(begin + static_cast<int>(per_row), static_cast<int>(columns) + left);
      draw_duplex_row(begin, end, offset);
      y_ += 2 * kTileHeight + 74;
    }
    grow_to(per_row);
  }

  void draw_duplex_row(int begin, int end, int offset) {
    const auto& first = molecule_.strands[0].units;
    const auto& second = molecule_.strands[1].units;
    const auto n = static_cast<int>(first.size());
    const auto m = static_cast<int>(second.size());
    const double lower = y_ + kTileHeight + 34;
    for (int column = begin; column < end; ++column) {
      const double x = column_x(static_cast<std::size_t>(column - begin));
      const int j = m - 1 - (column - offset);
      const bool has_upper = column >= 0 && column < n;
      const bool has_lower = j >= 0 && j < m;
      if (has_upper && has_lower) draw_pair(x + kTile / 2, lower, column, j);
      if (has_upper) draw_upper(x, column, column == begin, column + 1 == end);
      if (has_lower) draw_lower(x, lower, j, column == begin, column + 1 == end);
    }
  }

  void draw_pair(double x, double lower, int i, int j) {
    const char a = letter_of(molecule_.strands[0].units[static_cast<std::size_t>(i)]);
    const char b = letter_of(molecule_.strands[1].units[static_cast<std::size_t>(j)]);
    if (!pairs(a, b)) return;
    svg_.line({x, y_ + kTileHeight + 4}, {x, lower - 4}, "#9aa5b1", 3);
  }

  void draw_upper(double x, int i, bool row_begins, bool row_ends) {
    const Strand& strand = molecule_.strands[0];
    const auto n = static_cast<int>(strand.units.size());
    const Unit& unit = strand.units[static_cast<std::size_t>(i)];
    const double middle = y_ + kTileHeight / 2;
    draw_tile({x, y_}, unit, static_cast<std::size_t>(i) + 1, false);
    draw_link({x + kTile + (kPitch - kTile) / 2, middle}, unit.link);
    if (i == 0) draw_five_end(x, middle, true, strand);
    if (i + 1 == n) draw_three_end(x + kTile, middle, false, strand);
    draw_arrows(x, middle, row_begins && i > 0, row_ends && i + 1 < n);
  }

  // Written from right to left: the link behind a residue stands on its left.
  void draw_lower(double x, double y, int j, bool row_begins, bool row_ends) {
    const Strand& strand = molecule_.strands[1];
    const auto m = static_cast<int>(strand.units.size());
    const Unit& unit = strand.units[static_cast<std::size_t>(j)];
    const double middle = y + kTileHeight / 2;
    draw_tile({x, y}, unit, static_cast<std::size_t>(j) + 1, true);
    draw_link({x - (kPitch - kTile) / 2, middle}, unit.link);
    if (j + 1 == m) draw_three_end(x, middle, true, strand);
    if (j == 0) draw_five_end(x + kTile, middle, false, strand);
    draw_arrows(x, middle, row_begins && j + 1 < m, row_ends && j > 0);
  }

  void draw_arrows(double x, double middle, bool left, bool right) {
    if (left) svg_.text({x - 30, middle}, "…", {20, kQuiet, "middle", false});
    if (right) svg_.text({x + kTile + 30, middle}, "…", {20, kQuiet, "middle", false});
  }

  static void note(std::vector<std::string>& list, const std::string& id) {
    if (std::ranges::find(list, id) == list.end()) list.push_back(id);
  }

  // What the picture uses, each mark beside its name.
  void draw_legend() {
    y_ += 10;
    svg_.line({24, y_}, {std::max(width_, 400.0) - 24, y_}, "#d3dae2", 1);
    y_ += 24;
    for (const std::string& id : sugars_) {
      const Look look = look_of(kSugarLooks, id);
      svg_.rectangle({24, y_ - 9}, {38, 18}, 4, look.fill, look.edge);
      svg_.text({43, y_}, look.word, {10, kInk, "middle", false});
      legend_line(name_of(Kind::kSugar, id));
    }
    for (const std::string& id : bases_) {
      Unit unit;
      unit.base = id;
      svg_.text({43, y_}, mark_of(unit), {11, kInk, "middle", true});
      legend_line(name_of(Kind::kBase, id));
    }
    for (const std::string& id : links_) {
      const double y = y_;
      draw_link({43, y}, id);
      legend_line(name_of(Kind::kLink, id) + " link");
    }
    for (const std::string& id : ends_) legend_end(id, name_of(Kind::kEnd, id));
    for (const std::string& id : conjugates_) legend_end(id, name_of(Kind::kConjugate, id));
  }

  void legend_end(const std::string& word, const std::string& name) {
    svg_.rectangle({24, y_ - 9}, {38, 18}, 9, "#3e4c59");
    svg_.text({43, y_}, word, {10, "#ffffff", "middle", true});
    legend_line(name);
  }

  void legend_line(const std::string& name) {
    svg_.text({76, y_}, name, {13, kInk, "start", false});
    width_ = std::max(width_, 100 + text_width(name, 13));
    y_ += 25;
  }

  const Molecule& molecule_;
  Svg svg_;
  double y_ = 0, width_ = 480;
  std::vector<std::string> sugars_, bases_, links_, ends_, conjugates_;
};

}  // namespace

Result<std::string> draw_strands(const Molecule& molecule) {
  if (molecule.strands.empty()) return Fault{{}, "expected a strand to draw, found none", {}, {}};
  for (const Strand& strand : molecule.strands) {
    if (strand.units.empty() || strand.units.size() > static_cast<std::size_t>(kMaxDrawnUnits)) {
      return Fault{{},
                   fmt::format("expected 1 to {} residues to draw, found {}", kMaxDrawnUnits,
                               strand.units.size()),
                   {},
                   {}};
    }
  }
  return Picture(molecule).draw();
}

}  // namespace dosewright::molecule
