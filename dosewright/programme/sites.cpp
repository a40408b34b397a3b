// Reads sites.toml. Two places that share a word, or a code, could not be told apart in data: a
// fault.
#include <algorithm>
#include <utility>

#include "dosewright/base/text.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

class SiteReader {
 public:
  SiteReader(const Known& known, Programme& programme) : known_(known), programme_(programme) {}

  void read(Node root) {
    for (const Node& table : root.at("site").items()) read_site(table);
    for (const Node& table : root.find("unfit").items()) read_unfit(table);
    Node rotation = root.find("rotation");
    if (rotation.exists()) read_rotation(rotation);
    root.finish();
  }

 private:
  std::string source(Node table) const {
    return protocol::parse_source(table.at("source"), &known_.sources);
  }

  // A word of two places would make one of them up.
  void claim(Node at, const std::string& word) {
    const std::string small = to_lower(word);
    if (std::ranges::find(words_, small) != words_.end()) {
      at.fault("'" + word + "' names two sites, or one of them twice",
               "keep it where it belongs: data that say it could not be told apart");
    }
    words_.push_back(small);
  }

  static std::string to_lower(std::string text) {
    for (char& c : text) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  }

  static Side side_of(Node node) {
    const std::string side = node.text_or("");
    if (side == "left") return Side::kLeft;
    if (side == "right") return Side::kRight;
    if (!side.empty()) node.fault("expected the side left or right, found '" + side + "'");
    return Side::kNone;
  }

  void read_site(Node table) {
    Site site;
    Node id = table.at("id");
    site.id = id.text();
    check_unique(id, programme_.sites.places, site.id, "sites");
    Node title = table.at("title");
    site.title = title.text();
    claim(title, site.title);
    Node terms = table.find("terms");
    for (Node term : terms.items()) {
      site.terms.push_back(term.text());
      claim(term, site.terms.back());
    }
    site.sides = table.find("sides").boolean_or(false);
    for (Node code : table.find("codes").items()) {
      Node side = code.find("side");
      site.codes.push_back({code.at("system").text(), code.at("value").text(), side_of(side)});
      claim(code, site.codes.back().system + ":" + site.codes.back().value);
      if (side.exists() && !site.sides) {
        side.fault("'" + site.id + "' has no sides", "write sides = true beside its title");
      }
      code.finish();
    }
    site.source = source(table);
    table.finish();
    programme_.sites.places.push_back(std::move(site));
  }

  void read_unfit(Node table) {
    UnfitSite unfit;
    Node fact = table.at("fact");
    unfit.fact = fact.text();
    std::vector<std::string> facts;
    for (const FactWord& one : programme_.facts) facts.push_back(one.id);
    check_reference(fact, unfit.fact, facts, "fact");
    unfit.says = table.at("says").text();
    unfit.source = source(table);
    table.finish();
    programme_.sites.unfit.push_back(std::move(unfit));
  }

  static int count(Node node, int most, const std::string& what) {
    const std::int64_t value = node.integer();
    if (value >= 0 && value <= most) return static_cast<int>(value);
    node.fault("expected " + what + " from 0 to " + std::to_string(most) + ", found " +
               std::to_string(value));
    return 0;
  }

  void read_rotation(Node table) {
    Rotation rotation;
    rotation.apart = count(table.at("apart_doses"), 100, "a number of doses");
    rotation.shown = count(table.at("shown_doses"), 1000, "a number of doses");
    rotation.says = table.at("says").text();
    rotation.source = source(table);
    table.finish();
    programme_.sites.rotation = std::move(rotation);
  }

  const Known& known_;
  Programme& programme_;
  std::vector<std::string> words_;
};

}  // namespace

void read_sites(Node root, const Known& known, Programme& programme) {
  SiteReader(known, programme).read(std::move(root));
}

}  // namespace dosewright::programme
