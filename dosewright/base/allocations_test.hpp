// What the calling thread has allocated so far: every test binary counts (tests/allocations.cpp).
#pragma once

namespace dosewright {

/// Calls of operator new by this thread since it began.
long allocations() noexcept;

}  // namespace dosewright
