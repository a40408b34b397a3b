// The molecule's part of `programme show`. Private to the module.
#pragma once

#include "dosewright/programme/page.hpp"
#include "dosewright/programme/programme.hpp"

namespace dosewright::programme {

void show_molecule(const Programme& programme, Page& page);

}  // namespace dosewright::programme
