// What the drug database page S1 prints about mipomersen, character by character.
#pragma once

#include <string_view>

namespace dosewright::molecule {

// [S1, IUPAC name]; a blank in it ("P- thiothymidylyl") is the page's.
inline constexpr std::string_view kMipomersenName =
    "all-P-ambo-2’-O-(2-methoxyethyl)-P-thioguanylyl-(3’→5’)-2’-O-(2-methoxyethyl)"
    "-5-methyl-P-thiocytidylyl-(3’→5’)-2’-O-(2-methoxyethyl)-5-methyl-P-thiocytidylyl-"
    "(3’→5’)-2’-O-(2-methoxyethyl)-5-methyl-P-thiouridylyl-(3’→5’)-2’-O-(2-"
    "methoxyethyl)-5-methyl-P-thiocytidylyl-(3’→5’)-2’-deoxy-P-thioadenylyl-"
    "(3’→5’)-2’-deoxy-P-thioguanylyl-(3’→5’)-P- thiothymidylyl-(3’→5’)-2’-deoxy-"
    "5-methyl-P-thiocytidylyl-(3’→5’)-P-thiothymidylyl-(3’→5’)-2’-deoxy-P-thioguanylyl-"
    "(3’→5’)-2’-deoxy-5-methyl-P-thiocytidylyl-(3’→5’)-P-thiothymidylyl-(3’→5’)"
    "-P-thiothymidylyl-(3’→5’)-2’-deoxy-5-methyl-P-thiocytidylyl-(3’→5’)-2’-"
    "O-(2-methoxyethyl)-P-thioguanylyl-(3’→5’)-2’-O-(2-methoxyethyl)-5-methyl-"
    "P-thiocytidylyl-(3’→5’)-2’-O-(2-methoxyethyl)-P-thioadenylyl- (3’→5’)-"
    "2’-O-(2-methoxyethyl)-5-methyl-P-thiocytidylyl-(3’→5’)-2’-O-(2-methoxyethyl)"
    "-5-methylcytidine nonadecasodiumsalt";

// [S1, chemistry]
inline constexpr std::string_view kMipomersenList =
    ":5’—[G](guanosine)*—[mC](5-methylcytidine)*—[mC](5-methylcytidine)*—[mU](5-"
    "methyluridine)*—[mC](5-methylcytidine)*—[dA](deoxyadenosine)—[dG](deoxyguanosine)"
    "—[dT](thymidine)—[dmC](deoxymethylcytidine)—[dT](thymidine)—[dG](deoxyguanosine)"
    "—[dmC](deoxymethylcytidine)—[dT](thymidine)—[dT](thymidine)—[dmC](deoxymethylcytidine)"
    "—[G](guanosine)*—[mC](5-methylcytidine)*—[A](adenosine)*—[mC](5-methylcytidine)"
    "*—[mC](5-methylcytidine)*—3’\n:* = 2’-O-(2-methoxyethyl)\n:m = 5-methyl\n:d = 2’-"
    "deoxy";

// FACTS of the programme: composed from the strand, in the words of the core library.
inline constexpr std::string_view kMipomersenHelm =
    "RNA1{[moe](G)[sp].[moe]([m5C])[sp].[moe]([m5C])[sp].[moe](T)[sp].[moe]([m5C])"
    "[sp].d(A)[sp].d(G)[sp].d(T)[sp].d([m5C])[sp].d(T)[sp].d(G)[sp].d([m5C])"
    "[sp].d(T)[sp].d(T)[sp].d([m5C])[sp].[moe](G)[sp].[moe]([m5C])[sp].[moe](A)"
    "[sp].[moe]([m5C])[sp].[moe]([m5C])}$$$$V2.0";

// [S1, StdInChIKey]
inline constexpr std::string_view kMipomersenKey = "XLTMQWVJFPYGMC-QVKFEXRMSA-N";

}  // namespace dosewright::molecule
