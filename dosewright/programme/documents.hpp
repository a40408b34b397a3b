// The languages of a published document.
#pragma once

#include <string>
#include <string_view>

#include "dosewright/programme/programme.hpp"

namespace dosewright::programme {

// Where the document is read in one of its languages; "" where it has no address.
std::string address_in(const PublicDocument& document, std::string_view language);

}  // namespace dosewright::programme
