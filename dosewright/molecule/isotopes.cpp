#include "dosewright/molecule/isotopes.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"

namespace dosewright::molecule {

namespace {

// A polynomial in the mass number. Index 0 stands for the mass number `first`.
struct Polynomial {
  int first = 0;
  std::vector<double> p;   // abundance
  std::vector<double> pm;  // abundance times mass, of the part of the molecule so far
};

Polynomial one() {
  return {0, {1.0}, {0.0}};
}

Polynomial of_atom(Element element) {
  const auto list = isotopes(element);
  Polynomial result;
  result.first = list.front().mass_number;
  const auto width = static_cast<std::size_t>(list.back().mass_number - result.first) + 1;
  result.p.assign(width, 0.0);
  result.pm.assign(width, 0.0);
  for (const Isotope& isotope : list) {
    const auto at = static_cast<std::size_t>(isotope.mass_number - result.first);
    result.p[at] = isotope.abundance;
    result.pm[at] = isotope.abundance * isotope.mass;
  }
  return result;
}

void cut_tails(Polynomial& a, double smallest) {
  std::size_t begin = 0, end = a.p.size();
  while (begin + 1 < end && a.p[begin] < smallest) ++begin;
  while (end > begin + 1 && a.p[end - 1] < smallest) --end;
  a.first += static_cast<int>(begin);
  for (std::vector<double>* part : {&a.p, &a.pm}) {
    part->erase(part->begin() + static_cast<std::ptrdiff_t>(end), part->end());
    part->erase(part->begin(), part->begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

Polynomial product(const Polynomial& a, const Polynomial& b, double smallest) {
  Polynomial result{a.first + b.first, std::vector<double>(a.p.size() + b.p.size() - 1, 0.0), {}};
  result.pm = result.p;
  for (std::size_t i = 0; i < a.p.size(); ++i) {
    for (std::size_t j = 0; j < b.p.size(); ++j) {
      result.p[i + j] += a.p[i] * b.p[j];
      result.pm[i + j] += a.pm[i] * b.p[j] + a.p[i] * b.pm[j];
    }
  }
  cut_tails(result, smallest);
  return result;
}

Polynomial power(Polynomial base, int n, double smallest) {
  Polynomial result = one();
  for (; n > 0; n /= 2) {
    if (n % 2 == 1) result = product(result, base, smallest);
    if (n > 1) base = product(base, base, smallest);
  }
  return result;
}

// The mode of the multinomial (n; p): every count of the mode is at least floor(n p), and what is
// missing is given one by one to the isotope where it gains most. [Feller1968, VI.10, problem 28]
std::vector<int> multinomial_mode(std::span<const Isotope> list, int n) {
  std::vector<int> counts(list.size(), 0);
  int left = n;
  for (std::size_t i = 0; i < list.size(); ++i) {
    // A hair below, so that a product that is whole but for rounding is not counted too high.
    const double expected = n * list[i].abundance * (1 - 1e-14);
    counts[i] = static_cast<int>(std::floor(expected));
    left -= counts[i];
  }
  for (; left > 0; --left) {
    std::size_t best = 0;
    const auto gain = [&](std::size_t i) { return list[i].abundance / (counts[i] + 1); };
    for (std::size_t i = 1; i < list.size(); ++i) {
      if (gain(i) > gain(best)) best = i;
    }
    ++counts[best];
  }
  return counts;
}

}  // namespace

Envelope isotope_envelope(const Formula& formula, double smallest) {
  DW_CHECK(!formula.has_negative(), to_text(formula) + " is no molecule");
  // The factors are cut far below what the caller asked for, so that their errors do not show.
  const double factor_smallest = smallest * 1e-4;
  Polynomial whole = one();
  for (std::size_t i = 0; i < kElements; ++i) {
    const auto element = static_cast<Element>(i);
    if (formula[element] == 0) continue;
    whole =
        product(whole, power(of_atom(element), formula[element], factor_smallest), factor_smallest);
  }
  cut_tails(whole, smallest);
  Envelope envelope;
  double sum = 0;
  for (std::size_t i = 0; i < whole.p.size(); ++i) {
    const double p = whole.p[i];
    sum += p;
    const double mass = p > 0 ? whole.pm[i] / p : 0;
    envelope.peaks.push_back({whole.first + static_cast<int>(i), mass, p});
  }
  envelope.lost = std::max(0.0, 1 - sum);
  return envelope;
}

const IsotopePeak& most_abundant(const Envelope& envelope) {
  return *std::ranges::max_element(envelope.peaks, {}, &IsotopePeak::abundance);
}

Isotopologue most_abundant_isotopologue(const Formula& formula) {
  DW_CHECK(!formula.has_negative(), to_text(formula) + " is no molecule");
  Isotopologue result;
  double log_abundance = 0;
  for (std::size_t i = 0; i < kElements; ++i) {
    const auto element = static_cast<Element>(i);
    const auto list = isotopes(element);
    const std::vector<int> counts = multinomial_mode(list, formula[element]);
    log_abundance += std::lgamma(formula[element] + 1.0);
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (counts[k] == 0) continue;
      result.nuclides.push_back({element, list[k].mass_number, counts[k]});
      result.mass += counts[k] * list[k].mass;
      log_abundance += counts[k] * std::log(list[k].abundance) - std::lgamma(counts[k] + 1.0);
    }
  }
  result.abundance = std::exp(log_abundance);
  return result;
}

}  // namespace dosewright::molecule
