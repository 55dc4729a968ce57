// Which failures the lines of a log show, in one pass over it. Below: phrases.h, failures.h. Above: api/ says what a
// finding means for a plan.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "advise/failures.h"

namespace shardplan::advise {

struct Evidence {
  int line = 0;  // from 1
  std::string text;
};

struct Finding {
  int failure = 0;                 // place in the list of failures
  int lines = 0;                   // that show it
  std::vector<Evidence> evidence;  // the first of them
};

struct Scan {
  int lines = 0;
  int information_lines = 0;      // NCCL INFO says what NCCL does, never that it failed
  std::vector<Finding> findings;  // by their first line
};

Scan scan_log(std::string_view log, const std::vector<Failure>& failures);

// The number in "NVRM: Xid (PCI:0000:10:1c): 63, pid=..."; 0 where the line has none.
int xid_of(std::string_view line);

// At most about `length` bytes of a line around a place, cut between characters; "..." stands for what is left out.
std::string excerpt(std::string_view line, size_t at, size_t length);

}  // namespace shardplan::advise
