// The words of systematic names, as the names of INN lists and of drug databases are built:
// modifications, then the nucleotide, "(3'->5')" between two of them, the salt behind.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace dosewright::molecule {

struct NucleosideName {
  std::string_view base;   // id of the residue library
  std::string_view inner;  // "guanylyl": another nucleotide follows
  std::string_view last;   // "guanosine"
};

inline constexpr std::array kNucleosideNames = {
    NucleosideName{"A", "adenylyl", "adenosine"}, NucleosideName{"C", "cytidylyl", "cytidine"},
    NucleosideName{"G", "guanylyl", "guanosine"}, NucleosideName{"U", "uridylyl", "uridine"}};

// Deoxyribose is implied.
inline constexpr NucleosideName kThymidine = {"T", "thymidylyl", "thymidine"};

struct SugarName {
  std::string_view sugar;
  std::string_view prefix;
};

// The longer one first: 2'-deoxy-2'-fluoro starts as 2'-deoxy does.
inline constexpr std::array kSugarNames = {
    SugarName{"moe", "2'-O-(2-methoxyethyl)"}, SugarName{"m", "2'-O-methyl"},
    SugarName{"f", "2'-deoxy-2'-fluoro"}, SugarName{"d", "2'-deoxy"},
    SugarName{"lna", "2'-O,4'-C-methylene"}};

inline constexpr std::string_view kFiveMethyl = "5-methyl";
inline constexpr std::string_view kThio = "P-thio";
inline constexpr std::string_view kAmbo = "all-P-ambo-";
inline constexpr std::string_view kInnerLink = "-(3'->5')-";
inline constexpr std::string_view kSodiumSalt = "sodiumsalt";  // without its blank

// IUPAC's multiplying prefix: 1 "", 2 "di", 19 "nonadeca", 20 "icosa", to 99. [IUPAC-P14.2]
std::string multiplying_prefix(int n);
std::optional<int> number_of_prefix(std::string_view prefix);  // reads "eicosa" and "mono" too

// A name as it is compared: blanks removed, typesetters' primes and arrows as ' and ->.
std::string normal_name(std::string_view name);

}  // namespace dosewright::molecule
