// A short trial and a search over it, written into a folder that goes with them.
#pragma once

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "dosewright/base/file.hpp"
#include "dosewright/base/folder_test.hpp"
#include "dosewright/refine/search.hpp"

namespace dosewright::refine::fixture {

inline const programme::Programme& drug() {
  static const auto loaded =
      programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_text(loaded.faults())));
  return *loaded;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

// Six weeks of treatment; doses and intervals of two levels each, and one point.
inline const char* const kSearch = R"(
name = "short"
title = "Six weeks"
assumed = "for a test"
design = "DESIGN"
profile = "label"
patients = 100
constraints = ["at most one injection a day", "confirmed ALT >= 3 ULN in at most 90 %"]
[space]
dose = ["50 mg", "200 mg"]
interval = ["2 wk", "1 wk"]
[[objective]]
measure = "ldl"
better = "less"
[[objective]]
measure = "isr_per_week"
better = "less"
[[measure]]
name = "ldl"
title = "LDL-C at six weeks"
unit = "%"
outcome = { measure = "percent-change", lab = "LDL", at = "6 wk" }
summary = "mean"
[[point]]
name = "weekly"
regimen = "200mg-qw"
assumed = "to compare with"
)";

class Folder {
 public:
  struct Edit {
    std::string from, to;
  };

  Folder(std::initializer_list<Edit> edits = {}) {
    std::string design =
        *read_text(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen/designs/cs5.toml");
    design = replaced(std::move(design), "treatment = \"26 wk\"", "treatment = \"6 wk\"");
    design = replaced(std::move(design), "end = \"50 wk\"", "end = \"6 wk\"");
    design += "\n[[imaging]]\nlab = \"LDL\"\nat = [\"42 d\"]\nshare = 1\nassumed = \"a test\"\n";
    std::string search = replaced(kSearch, "DESIGN", folder_.put("design.toml", design));
    for (const auto& [from, to] : edits) search = replaced(std::move(search), from, to);
    folder_.put("search.toml", search);
  }

  std::string file() const { return folder_ / "search.toml"; }
  std::string faults() const {
    const auto loaded = load_search(drug(), file());
    return loaded.ok() ? "" : to_text(loaded.faults());
  }
  Search search() const {
    auto loaded = load_search(drug(), file());
    REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_text(loaded.faults())));
    return std::move(*loaded);
  }

 private:
  TestFolder folder_;
};

}  // namespace dosewright::refine::fixture
