// molecule/products.toml: the classes of metabolites, impurities, changes and adducts, with the
// weight that ranks each and where that weight comes from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::molecule {

enum class ProductKind : std::uint8_t {
  kParent,
  kEndonuclease,
  kThreeLadder,
  kFiveLadder,
  kInnerPart,
  kDeletion,
  kLongmer,
  kDimer,
  kCovalentDimer,
};
inline constexpr int kProductKinds = 9;

enum class ChangeKind : std::uint8_t {
  kPsToPo,
  kDeamination,
  kDepurination,
  kDepyrimidination,
  kCnet,
};
inline constexpr int kChangeKinds = 5;

// What stands at an end of a product.
enum class ProductEnd : std::uint8_t { kHydroxyl, kKept, kDesulfurised, kOriginal };

struct Declared {
  std::string id;
  std::string name;
  double weight = 0;   // the intact strand has 1
  std::string origin;  // "by definition" or "assumed, because ..."
};

const Declared& declared(ProductKind kind);
const Declared& declared(ChangeKind kind);
const Declared& declared(Counterion adduct);
const Declared& declared(ProductEnd end);  // kOriginal: weight 1, as it was

// The text of the file as it was when the program was built.
std::string_view products_text();

}  // namespace dosewright::molecule
