// What the readers of the module share. Private to it.
#pragma once

#include "dosewright/exchange/csv_stream.hpp"
#include "dosewright/exchange/timeline.hpp"

namespace dosewright::exchange {

void read_csv_rows(CsvStream& stream, const std::string& file, const Sink& sink,
                   std::atomic<std::int64_t>* done, Reading& reading);

// A folder with lb.csv, dm.csv, ex.csv, ae.csv, cm.csv, ds.csv; sdtm.cpp.
Reading read_sdtm_folder(const std::string& folder, const Sink& sink, const ReadOptions& options);

}  // namespace dosewright::exchange
