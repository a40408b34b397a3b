#include "dosewright/molecule/layout.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numbers>
#include <queue>

namespace dosewright::molecule {

namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();
constexpr double kBetweenStrands = 4;  // bond lengths
constexpr double kRoom = 1.3;          // more room than this around an atom is no better
constexpr double kDrift = 0.05;        // how much an atom of an end wants to move away

std::size_t index(int i) {
  return static_cast<std::size_t>(i);
}

Place2D operator+(Place2D a, Place2D b) {
  return {a.x + b.x, a.y + b.y};
}
Place2D operator-(Place2D a, Place2D b) {
  return {a.x - b.x, a.y - b.y};
}
double length(Place2D a) {
  return std::hypot(a.x, a.y);
}
Place2D towards(double angle) {
  return {std::cos(angle), std::sin(angle)};
}
double angle_of(Place2D a) {
  return std::atan2(a.y, a.x);
}
bool is_placed(Place2D a) {
  return !std::isnan(a.x);
}

class Layout {
 public:
  explicit Layout(AtomGraph& graph) : graph_(graph), neighbours_(graph.atoms.size()) {
    graph_.places.assign(graph.atoms.size(), {kNowhere, kNowhere});
    for (const Bond& bond : graph.bonds) {
      neighbours_[index(bond.from)].push_back(bond.to);
      neighbours_[index(bond.to)].push_back(bond.from);
    }
  }

  void run(std::span<const LayoutStep> steps) {
    for (const LayoutStep& step : steps) {
      begin_ = step.first;
      end_ = step.first + static_cast<int>(step.fragment->atoms.size());
      switch (step.role) {
        case LayoutStep::Role::kFirstSugar:
          end_strand(step.first);
          place_sugar(step, {0, 0});
          break;
        case LayoutStep::Role::kSugar:
          place_sugar(step, next_ - step.fragment->layout[index(step.fragment->attached(5))]);
          break;
        case LayoutStep::Role::kBase:
          begin_ = sugar_;
          grow_from(step.anchor);
          break;
        case LayoutStep::Role::kLink:
          place_link(step);
          break;
        case LayoutStep::Role::kFiveEnd:
        case LayoutStep::Role::kThreeEnd:
          // What stands on an end grows away from the strand, and keeps clear of all of it.
          upwards_ = step.role == LayoutStep::Role::kFiveEnd ? 1 : -1;
          look_back_ = 2000;
          grow_from(step.anchor);
          upwards_ = 0;
          look_back_ = 60;
          break;
      }
    }
    end_strand(static_cast<int>(graph_.atoms.size()));
  }

 private:
  Place2D& at(int atom) { return graph_.places[index(atom)]; }

  void place_sugar(const LayoutStep& step, Place2D origin) {
    sugar_ = step.first;
    put_layout(step, origin);
  }

  void place_link(const LayoutStep& step) {
    put_layout(step, at(step.anchor));
    grow_from(step.anchor);
    next_ = at(step.anchor) + Place2D{0, 2 * step.fragment->layout[0].y};
  }

  void put_layout(const LayoutStep& step, Place2D origin) {
    for (std::size_t i = 0; i < step.fragment->layout.size(); ++i) {
      graph_.places[index(step.first) + i] = origin + step.fragment->layout[i];
    }
  }

  // Moves the strand that ends before `last` to the right of what stands there.
  void end_strand(int last) {
    if (last == strand_) return;
    double left = std::numeric_limits<double>::max();
    double top = std::numeric_limits<double>::lowest();
    for (int i = strand_; i < last; ++i) {
      left = std::min(left, at(i).x);
      top = std::max(top, at(i).y);
    }
    const Place2D shift = {right_ - left, -top};
    for (int i = strand_; i < last; ++i) at(i) = at(i) + shift;
    for (int i = strand_; i < last; ++i) right_ = std::max(right_, at(i).x + kBetweenStrands);
    strand_ = last;
  }

  bool is_mine(int atom) const { return atom >= begin_ && atom < end_; }
  bool is_free(int atom) { return is_mine(atom) && !is_placed(at(atom)); }

  void grow_from(int anchor) {
    std::deque<int> queue = {anchor};
    for (int i = begin_; i < end_; ++i) {
      if (is_placed(at(i)) && i != anchor) queue.push_back(i);
    }
    while (!queue.empty()) {
      const int atom = queue.front();
      queue.pop_front();
      for (const int neighbour : neighbours_[index(atom)]) {
        if (!is_free(neighbour)) continue;
        const Place2D place = best_place(atom);
        const std::vector<int> ring = smallest_ring(neighbour, -1);
        if (ring.empty() || std::ranges::any_of(ring, [&](int a) { return is_placed(at(a)); })) {
          at(neighbour) = place;
          queue.push_back(neighbour);
        } else {
          place_rings(ring, atom, place, queue);
        }
      }
    }
  }

  // The directions that a chemist would try first, then all others in steps of 30 degrees.
  std::vector<double> turns(int atom, int n_placed) const {
    const std::size_t degree = neighbours_[index(atom)].size();
    std::vector<double> list;
    if (degree == 4 && n_placed == 1) {
      list = {0, kPi / 2, -kPi / 2};
    } else if (degree <= 3) {
      list = {kPi / 3, -kPi / 3};
    } else {
      list = {0};
    }
    for (int i = 0; i < 12; ++i) list.push_back(i * kPi / 6);
    return list;
  }

  // Straight on from what is placed around the atom: away from the mean of its placed neighbours.
  double straight_on(int atom, int& n_placed) {
    Place2D sum{0, 0};
    n_placed = 0;
    for (const int neighbour : neighbours_[index(atom)]) {
      if (!is_placed(at(neighbour))) continue;
      const Place2D step = at(neighbour) - at(atom);
      sum = sum + Place2D{step.x / length(step), step.y / length(step)};
      ++n_placed;
    }
    if (length(sum) < 1e-6) return kPi / 2;
    return angle_of({-sum.x, -sum.y});
  }

  // The direction along which a zigzag goes on: parallel to the bond before the last.
  double zigzag(int atom) {
    for (const int before : neighbours_[index(atom)]) {
      if (!is_placed(at(before))) continue;
      for (const int earlier : neighbours_[index(before)]) {
        if (earlier == atom || !is_placed(at(earlier))) continue;
        const Place2D step = at(atom) - at(before);
        const Place2D parallel = at(before) - at(earlier);
        const double bend = std::abs(step.x * parallel.y - step.y * parallel.x);
        if (bend > 0.3) return angle_of(parallel);
      }
    }
    return kNowhere;
  }

  Place2D best_place(int atom) {
    int n_placed = 0;
    const double ahead = straight_on(atom, n_placed);
    std::vector<double> angles;
    if (n_placed >= 2) angles.push_back(ahead);
    const double parallel = zigzag(atom);
    if (neighbours_[index(atom)].size() == 2 && !std::isnan(parallel)) angles.push_back(parallel);
    for (const double turn : turns(atom, n_placed)) angles.push_back(ahead + turn);
    Place2D best = at(atom) + towards(ahead);
    double best_score = std::numeric_limits<double>::lowest();
    double penalty = 0;
    for (const double angle : angles) {
      const Place2D place = at(atom) + towards(angle);
      const double score =
          std::min(room_at(place, atom), kRoom) - penalty + kDrift * upwards_ * std::sin(angle);
      if (score > best_score + 1e-9) {
        best = place;
        best_score = score;
      }
      penalty += 0.01;
    }
    return best;
  }

  // The distance to the nearest placed atom among those near in the list, the atom itself left out.
  double room_at(Place2D place, int but) {
    double room = std::numeric_limits<double>::max();
    const int first = std::max(0, begin_ - look_back_);
    const int last = std::min(end_ + look_back_, static_cast<int>(graph_.atoms.size()));
    for (int i = first; i < last; ++i) {
      if (i != but && is_placed(at(i))) room = std::min(room, length(at(i) - place));
    }
    return room;
  }

  // The atoms of the shortest ring through `start`, in order, or through the bond start-second;
  // other placed atoms are walls where a second is given.
  std::vector<int> smallest_ring(int start, int second) {
    std::vector<int> best;
    for (const int first : neighbours_[index(start)]) {
      if (second >= 0 && first != second) continue;
      std::vector<int> ring = path(first, start, second >= 0);
      if (!ring.empty() && (best.empty() || ring.size() < best.size())) best = std::move(ring);
    }
    return best;
  }

  // Breadth first from `from` to `to` without their bond; empty where there is no way.
  std::vector<int> path(int from, int to, bool walls) {
    std::vector<std::pair<int, int>> seen = {{from, -1}};  // atom, position of its predecessor
    for (std::size_t i = 0; i < seen.size() && seen.size() < 200; ++i) {
      for (const int next : neighbours_[index(seen[i].first)]) {
        if (seen[i].first == from && next == to) continue;
        if (next == to) return trace(seen, i, to);
        if (!is_mine(next) || (walls && is_placed(at(next)))) continue;
        if (std::ranges::find(seen, next, &std::pair<int, int>::first) == seen.end()) {
          seen.emplace_back(next, static_cast<int>(i));
        }
      }
    }
    return {};
  }

  static std::vector<int> trace(const std::vector<std::pair<int, int>>& seen, std::size_t i,
                                int to) {
    std::vector<int> ring = {to};
    for (int k = static_cast<int>(i); k >= 0; k = seen[index(k)].second) {
      ring.push_back(seen[index(k)].first);
    }
    return ring;
  }

  // A regular polygon whose first corner is the place and whose centre lies straight on.
  void place_rings(std::vector<int> ring, int from, Place2D place, std::deque<int>& queue) {
    const auto n = static_cast<double>(ring.size());
    const double radius = 0.5 / std::sin(kPi / n);
    const Place2D step = place - at(from);
    const Place2D centre = {place.x + radius * step.x, place.y + radius * step.y};
    const double start = angle_of(place - centre);
    if (weight_above(ring, centre, start, radius, 1) <
        weight_above(ring, centre, start, radius, -1)) {
      std::reverse(ring.begin() + 1, ring.end());
    }
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const double angle = start + 2 * kPi * static_cast<double>(i) / n;
      at(ring[i]) = centre + Place2D{radius * std::cos(angle), radius * std::sin(angle)};
      queue.push_back(ring[i]);
    }
    place_fused(ring, centre, queue);
  }

  // What hangs on the ring goes up rather than down: below stands the next residue.
  double weight_above(const std::vector<int>& ring, Place2D centre, double start, double radius,
                      int sense) {
    double weight = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const double angle =
          start + sense * 2 * kPi * static_cast<double>(i) / static_cast<double>(ring.size());
      const auto degree = static_cast<double>(neighbours_[index(ring[i])].size());
      weight += (centre.y + radius * std::sin(angle)) * degree;
    }
    return weight;
  }

  void place_fused(const std::vector<int>& ring, Place2D centre, std::deque<int>& queue) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const int a = ring[i];
      const int b = ring[(i + 1) % ring.size()];
      const std::vector<int> fused = smallest_ring(a, b);
      if (fused.size() < 3) continue;
      place_on_edge(fused, centre, queue);
    }
  }

  // `fused` begins with one atom of the shared bond and ends with the other.
  void place_on_edge(const std::vector<int>& fused, Place2D old_centre, std::deque<int>& queue) {
    const int a = fused.front();
    const int b = fused.back();
    const auto n = static_cast<double>(fused.size());
    const double radius = 0.5 / std::sin(kPi / n);
    const double apothem = 0.5 / std::tan(kPi / n);
    const Place2D middle = {(at(a).x + at(b).x) / 2, (at(a).y + at(b).y) / 2};
    const Place2D out = middle - old_centre;
    const Place2D centre = {middle.x + out.x / length(out) * apothem,
                            middle.y + out.y / length(out) * apothem};
    const double start = angle_of(at(a) - centre);
    const double cross =
        (at(b).x - centre.x) * (at(a).y - centre.y) - (at(b).y - centre.y) * (at(a).x - centre.x);
    const double sense = cross > 0 ? 1 : -1;
    for (std::size_t i = 1; i + 1 < fused.size(); ++i) {
      const double angle = start + sense * 2 * kPi * static_cast<double>(i) / n;
      at(fused[i]) = centre + Place2D{radius * std::cos(angle), radius * std::sin(angle)};
      queue.push_back(fused[i]);
    }
  }

  AtomGraph& graph_;
  std::vector<std::vector<int>> neighbours_;
  int begin_ = 0, end_ = 0;  // the atoms that may be placed now
  int sugar_ = 0;            // where the last sugar begins
  int strand_ = 0;           // where the strand begins
  Place2D next_{0, 0};       // of the next 5' oxygen
  double right_ = 0;
  int look_back_ = 60;  // atoms before and after that a new one keeps clear of
  double upwards_ = 0;  // 1 for the 5' end, -1 for the 3' end
};

using Vector3 = std::array<double, 3>;

double volume(const Vector3& a, const Vector3& b, const Vector3& c) {
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) +
         a[2] * (b[0] * c[1] - b[1] * c[0]);
}

// Is the drawing, with that neighbour raised, clockwise in the centre's order of neighbours?
bool raised_is_clockwise(const AtomGraph& graph, const Centre& centre, int raised) {
  const Place2D middle = graph.places[index(centre.atom)];
  std::array<Vector3, 4> arms{};
  Vector3 sum{};
  std::size_t hydrogen = 4;
  for (std::size_t i = 0; i < 4; ++i) {
    const int neighbour = centre.neighbours[i];
    if (neighbour == kHydrogen) {
      hydrogen = i;
      continue;
    }
    const Place2D arm = graph.places[index(neighbour)] - middle;
    const double size = std::max(length(arm), 1e-9);
    arms[i] = {arm.x / size, arm.y / size, neighbour == raised ? 1.0 : 0.0};
    for (std::size_t k = 0; k < 3; ++k) sum[k] += arms[i][k];
  }
  if (hydrogen < 4) arms[hydrogen] = {-sum[0], -sum[1], -sum[2]};
  std::array<Vector3, 3> from_first{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) from_first[i][k] = arms[i + 1][k] - arms[0][k];
  }
  return volume(from_first[0], from_first[1], from_first[2]) > 0;
}

// Bonds whose loss would not part the graph: the bonds of rings. Without recursion [Tarjan1974].
std::vector<bool> ring_bonds(const AtomGraph& graph, const std::vector<std::vector<int>>& bonds) {
  std::vector<bool> in_ring(graph.bonds.size(), true);
  std::vector<int> seen(graph.atoms.size(), -1), low(graph.atoms.size(), 0);
  struct Step {
    int atom, by;
    std::size_t next;
  };
  int clock = 0;
  for (std::size_t root = 0; root < graph.atoms.size(); ++root) {
    if (seen[root] >= 0) continue;
    std::vector<Step> stack = {{static_cast<int>(root), -1, 0}};
    seen[root] = low[root] = clock++;
    while (!stack.empty()) {
      Step& step = stack.back();
      const std::size_t atom = index(step.atom);
      if (step.next < bonds[atom].size()) {
        const int bond = bonds[atom][step.next++];
        if (bond == step.by) continue;
        const Bond& b = graph.bonds[index(bond)];
        const int other = b.from == step.atom ? b.to : b.from;
        if (seen[index(other)] >= 0) {
          low[atom] = std::min(low[atom], seen[index(other)]);
        } else {
          seen[index(other)] = low[index(other)] = clock++;
          stack.push_back({other, bond, 0});
        }
        continue;
      }
      const int by = step.by;
      stack.pop_back();
      if (stack.empty()) break;
      const std::size_t parent = index(stack.back().atom);
      if (low[atom] > seen[parent]) in_ring[index(by)] = false;
      low[parent] = std::min(low[parent], low[atom]);
    }
  }
  return in_ring;
}

}  // namespace

void lay_out(AtomGraph& graph, std::span<const LayoutStep> steps) {
  Layout(graph).run(steps);
}

std::vector<Wedge> wedges(const AtomGraph& graph) {
  const auto bonds = bonds_of_atoms(graph);
  const std::vector<bool> in_ring = ring_bonds(graph, bonds);
  std::vector<bool> is_centre(graph.atoms.size(), false);
  for (const Centre& centre : graph.centres) is_centre[index(centre.atom)] = true;
  std::vector<Wedge> list;
  for (const Centre& centre : graph.centres) {
    int best = -1;
    int best_score = -1;
    for (const int bond : bonds[index(centre.atom)]) {
      const Bond& b = graph.bonds[index(bond)];
      const int other = b.from == centre.atom ? b.to : b.from;
      const int score = (is_centre[index(other)] ? 0 : 4) + (in_ring[index(bond)] ? 0 : 2) +
                        (b.order == 1 ? 8 : 0);
      if (score > best_score) {
        best = bond;
        best_score = score;
      }
    }
    const Bond& b = graph.bonds[index(best)];
    const int raised = b.from == centre.atom ? b.to : b.from;
    list.push_back(
        {best, centre.atom, raised_is_clockwise(graph, centre, raised) == centre.clockwise});
  }
  return list;
}

}  // namespace dosewright::molecule
