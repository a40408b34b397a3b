// The data items of one record, and which of their combinations NONMEM allows.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/dataset.hpp"

namespace dosewright::exchange {
namespace {

constexpr std::int64_t kMostAdditional = 1'000'000;

std::string_view name_of(Item item) {
  return kItemNames[static_cast<std::size_t>(item)];
}

}  // namespace

const Cell* Dataset::cell(Item item) const {
  const int column = of_item_[static_cast<std::size_t>(item)];
  return column < 0 ? nullptr : &cells_[static_cast<std::size_t>(column)];
}

void Dataset::item_fault(Item item, const std::string& message, const std::string& hint) {
  const Cell* const found = cell(item);
  fault(found == nullptr ? 0 : found->column,
        fmt::format("row {}, column '{}': {}", rows_, name_of(item), message), hint);
}

// 0 where the column or the value is missing, as in NONMEM.
double Dataset::number(Item item) {
  const Cell* const found = cell(item);
  if (found == nullptr || is_missing(found->text)) return 0;
  const auto value = to_number(found->text);
  if (!value) {
    item_fault(item, fmt::format("expected a number, found '{}'", shown_text(found->text)),
               "a missing value is '.'");
  }
  return value.value_or(0);
}

std::int64_t Dataset::whole(Item item, std::int64_t low, std::int64_t high,
                            const std::string& hint) {
  const double value = number(item);
  if (value == std::floor(value) && value >= static_cast<double>(low) &&
      value <= static_cast<double>(high)) {
    return static_cast<std::int64_t>(value);
  }
  item_fault(item,
             fmt::format("expected a whole number from {} to {}, found '{}'", low, high,
                         shown_text(cell(item)->text)),
             hint);
  return low;
}

void Dataset::read_time(DatasetRow& row) {
  const Cell& found = *cell(Item::kTime);
  if (is_missing(found.text)) {
    return item_fault(Item::kTime, "every record needs a time", "TIME is in hours");
  }
  if (found.text.find(':') != std::string::npos) {
    return item_fault(
        Item::kTime,
        fmt::format("clock times are not supported, found '{}'", shown_text(found.text)),
        "give hours since any origin: 13.5, not 13:30");
  }
  row.time = number(Item::kTime);
}

void Dataset::read_items(DatasetRow& row) {
  read_time(row);
  row.amt = number(Item::kAmt);
  row.rate = number(Item::kRate);
  row.ii = number(Item::kIi);
  row.addl = whole(Item::kAddl, 0, kMostAdditional,
                   "ADDL counts the doses after this one; NONMEM's negative ADDL is written SS=1");
  row.ss =
      static_cast<int>(whole(Item::kSs, 0, 2,
                             "0 no, 1 in place of what is there, 2 added to what is there; "
                             "SS=3 differs from 1 only in where NONMEM's search begins: write 1"));
  const bool dose_items =
      row.amt != 0 || row.rate != 0 || row.ii != 0 || row.addl != 0 || row.ss != 0;
  if (has(Item::kEvid)) {
    row.evid = static_cast<int>(
        whole(Item::kEvid, 0, 4, "0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose"));
  } else {
    row.evid = dose_items ? 1 : 0;  // as NM-TRAN supplies it
  }
  read_compartment(row);
  const double mdv = number(Item::kMdv);
  if (mdv != 0 && mdv != 1 && mdv != 100 && mdv != 101) {
    item_fault(Item::kMdv, fmt::format("expected 0 or 1, found {}", number_text(mdv)),
               "1: there is no observation in DV");
  }
  number(Item::kDv);
  if (!row_good_) return;
  if (row.is_dose()) {
    check_dose(row);
  } else if (dose_items) {
    check_no_dose(row);
  }
}

void Dataset::read_compartment(DatasetRow& row) {
  const Cell* const found = cell(Item::kCmt);
  if (found == nullptr || is_missing(found->text)) return;
  const auto count = static_cast<int>(options_.compartments.size());
  const bool minus = found->text.starts_with('-');
  const std::string name = found->text.substr(minus ? 1 : 0);
  const auto named = std::ranges::find(options_.compartments, name);
  if (named != options_.compartments.end()) {
    const auto index = static_cast<int>(named - options_.compartments.begin()) + 1;
    row.cmt = minus ? -index : index;
  } else if (const auto value = to_number(found->text);
             value && *value == std::floor(*value) && std::abs(*value) <= count) {
    row.cmt = static_cast<int>(*value);
  } else {
    return item_fault(Item::kCmt,
                      fmt::format("expected a compartment, 1 to {} or its name, found '{}'", count,
                                  shown_text(found->text)),
                      "the compartments are " + join(options_.compartments, ", "));
  }
  if (row.cmt < 0 && row.evid != 2 && row.evid != 3) {
    item_fault(Item::kCmt, "a negative compartment is switched off, which needs EVID 2",
               "write EVID 2, or the compartment without the minus sign");
  }
}

void Dataset::check_no_dose(const DatasetRow& row) {
  for (const Item item : {Item::kAmt, Item::kRate, Item::kIi, Item::kAddl, Item::kSs}) {
    const Cell* const found = cell(item);
    if (found == nullptr || is_missing(found->text) || to_number(found->text) == 0.0) continue;
    item_fault(item,
               fmt::format("a record with EVID {} gives no dose, found {} {}", row.evid,
                           name_of(item), found->text),
               "write EVID 1 for a dose, or '.' here");
    return;
  }
}

void Dataset::check_dose(const DatasetRow& row) {
  if (row.amt < 0) {
    item_fault(Item::kAmt, fmt::format("an amount is 0 or more, found {}", number_text(row.amt)),
               "");
  }
  if (row.rate < 0 && row.rate != -1 && row.rate != -2) {
    item_fault(Item::kRate,
               fmt::format("expected 0, a rate above 0, -1 or -2, found {}", number_text(row.rate)),
               "0: bolus; -1: the parameter R of the compartment; -2: its duration D");
  }
  if (row.ii < 0) {
    item_fault(Item::kIi, fmt::format("an interval is 0 or more, found {}", number_text(row.ii)),
               "");
  }
  if (row.addl > 0 && row.ii == 0) {
    item_fault(Item::kIi, fmt::format("ADDL {} needs the interval between the doses", row.addl),
               "give II in hours, or ADDL 0");
  }
  if (row.ss != 0) {
    check_steady(row);
  } else if (row.amt == 0 && row.rate != 0) {
    item_fault(Item::kAmt, "an infusion needs an amount",
               "AMT 0 with a rate is an infusion since ever, which needs SS 1 or 2");
  }
}

// AMT > 0 with II: repeated doses. AMT 0 without II: a constant infusion, or none at all.
void Dataset::check_steady(const DatasetRow& row) {
  if (row.amt > 0 && row.ii == 0) {
    item_fault(Item::kIi, fmt::format("SS {} needs the interval between the doses", row.ss),
               "give II in hours; a constant infusion has AMT 0");
  }
  if (row.amt != 0) return;
  if (row.ii != 0) {
    item_fault(Item::kIi, "a constant infusion (SS with AMT 0) has no interval", "write II 0");
  }
  if (row.addl != 0) {
    item_fault(Item::kAddl, "a constant infusion (SS with AMT 0) has no further doses",
               "write ADDL 0");
  }
  if (row.rate == -2) {
    item_fault(Item::kRate, "a constant infusion (SS with AMT 0) has no duration",
               "give its rate, or -1");
  }
}

void Dataset::check_order(const DatasetRow& row, const std::string& id) {
  const bool same = any_row_ && id == last_id_;
  if (same && row.time < last_time_ && row.evid != 3 && row.evid != 4) {
    item_fault(Item::kTime,
               fmt::format("time runs back from {} to {} within a subject", number_text(last_time_),
                           number_text(row.time)),
               "sort the records by time; only a reset (EVID 3, 4) may set it back");
  }
  last_id_ = id;
  last_time_ = row.time;
  any_row_ = true;
}

}  // namespace dosewright::exchange
