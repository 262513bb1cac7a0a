#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "bench/learning/results/figures.h"
#include "bench/learning/results/platform.h"

namespace millwright::bench {

struct Options {
  std::string program;  // the command line
  std::filesystem::path data;
  std::set<std::string> only;  // empty: every set
  int seeds = 5;
  std::string json;

  bool Has(const std::string& set) const { return only.empty() || only.contains(set); }
};

// Each runs one shipped pipeline on its public data sets, where the options have them.

/// Sets FD001, FD002, FD003: remaining useful life of C-MAPSS' engines.
void Turbofan(const Platform& platform, const Options& options, Results& results);
/// Set smd: the user's job.
void Change(const Platform& platform, const Options& options, Results& results);
/// Set ai4i.
void MachineFailure(const Platform& platform, const Options& options, Results& results);
/// Set skab: each folder's settings are those that carry over best between the other two folders, at a false alarm rate of at
/// most 14 %.
void Pump(const Platform& platform, const Options& options, Results& results);
/// Set nab: the machine temperature, with settings chosen on the two other series.
void Sensor(const Platform& platform, const Options& options, Results& results);

}  // namespace millwright::bench
