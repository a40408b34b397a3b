#include "dosewright/lang/order.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace dosewright::lang {
namespace {

using Uses = std::vector<std::vector<std::size_t>>;

std::vector<std::size_t> sort_free(const Uses& uses) {
  std::vector<std::vector<std::size_t>> users(uses.size());
  std::vector<std::size_t> waits_for(uses.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    waits_for[i] = uses[i].size();
    for (const std::size_t used : uses[i]) users[used].push_back(i);
    if (uses[i].empty()) free.push(i);
  }
  std::vector<std::size_t> sorted;
  while (!free.empty()) {
    const std::size_t next = free.top();
    free.pop();
    sorted.push_back(next);
    for (const std::size_t user : users[next]) {
      if (--waits_for[user] == 0) free.push(user);
    }
  }
  return sorted;
}

// Depth first without recursion: a text may chain ten thousand definitions.
class CycleFinder {
 public:
  CycleFinder(const Uses& uses, std::vector<bool> done) : uses_(uses), done_(std::move(done)) {
    on_path_.resize(uses.size());
    reported_.resize(uses.size());
  }

  std::vector<std::vector<std::size_t>> find() {
    for (std::size_t start = 0; start < uses_.size(); ++start) {
      if (!done_[start]) walk(start);
    }
    return std::move(cycles_);
  }

 private:
  struct Step {
    std::size_t at;
    std::size_t next_use;
  };

  void enter(std::size_t at) {
    on_path_[at] = true;
    path_.push_back({at, 0});
  }

  void walk(std::size_t start) {
    enter(start);
    while (!path_.empty()) {
      Step& step = path_.back();
      if (step.next_use == uses_[step.at].size()) {
        on_path_[step.at] = false;
        done_[step.at] = true;
        path_.pop_back();
        continue;
      }
      const std::size_t used = uses_[step.at][step.next_use++];
      if (on_path_[used]) {
        report(used);
      } else if (!done_[used]) {
        enter(used);
      }
    }
  }

  // One cycle through each definition is enough to mend it.
  void report(std::size_t from) {
    const auto first =
        std::find_if(path_.begin(), path_.end(), [&](const Step& step) { return step.at == from; });
    std::vector<std::size_t> cycle;
    for (auto it = first; it != path_.end(); ++it) cycle.push_back(it->at);
    if (std::any_of(cycle.begin(), cycle.end(), [&](std::size_t i) { return reported_[i]; })) {
      return;
    }
    for (const std::size_t i : cycle) reported_[i] = true;
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    cycles_.push_back(std::move(cycle));
  }

  const Uses& uses_;
  std::vector<bool> done_;
  std::vector<bool> on_path_;
  std::vector<bool> reported_;
  std::vector<Step> path_;
  std::vector<std::vector<std::size_t>> cycles_;
};

}  // namespace

Order order_by_use(const Uses& uses) {
  Order order;
  order.sorted = sort_free(uses);
  if (order.sorted.size() == uses.size()) return order;
  std::vector<bool> done(uses.size());
  for (const std::size_t i : order.sorted) done[i] = true;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (!done[i]) order.left.push_back(i);
  }
  order.cycles = CycleFinder(uses, std::move(done)).find();
  return order;
}

}  // namespace dosewright::lang
