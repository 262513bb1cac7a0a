#include "cli/tables/tables.h"

namespace millwright::cli {

const std::vector<const ServiceTable*>& ServiceTables() {
  static const auto* tables = new std::vector<const ServiceTable*>{&TrackerTable(),   &RegistryTable(), &SchedulerTable(),
                                                                   &TelemetryTable(), &ServingTable(),  &PlatformTable()};
  return *tables;
}

const std::vector<Column>* FindColumns(const std::string& type) {
  for (const ServiceTable* table : ServiceTables()) {
    const auto found = table->columns.find(type);
    if (found != table->columns.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace millwright::cli
