#include "cli/tables/tables.h"
#include "millwright/monitor/v1/monitor.pb.h"
#include "millwright/serving/v1/serving.pb.h"

namespace millwright::cli {

#define MONITOR "millwright.monitor.v1.MonitorService."

const ServiceTable& ServingTable() {
  monitor::v1::Prediction::descriptor();     // registers the contract
  serving::v1::ServingStatus::descriptor();  // registers the contract
  static const auto* table = new ServiceTable{
      .commands =
          {
              {"models", "health", MONITOR "GetModelHealth", "Predictions and errors by version", {{"NAME", "name"}}},
              {"models", "serving", "millwright.serving.v1.ServingService.GetServingStatus", "What serving has loaded", {}},
              {"predictions",
               "list",
               MONITOR "ListPredictions",
               "Predictions, newest first",
               {{"model", "model", From::kFlag, "only of this model"}}},
              {"predictions", "get", MONITOR "GetPrediction", "One prediction with its labels", {{"ID", "prediction_id"}}},
          },
      .columns = {
          {"millwright.monitor.v1.Prediction",
           {{"AT", "at"},
            {"PREDICTION", "prediction_id"},
            {"MODEL", "model"},
            {"VERSION", "version"},
            {"ASSET", "asset_id"},
            {"OUTCOME", "outcome"},
            {"MS", "latency_ms"},
            {"VALUES", "values"}}},
          {"millwright.monitor.v1.VersionHealth",
           {{"VERSION", "version"},
            {"PREDICTIONS", "predictions"},
            {"NOT FINITE", "not_finite"},
            {"FAILED", "failed"},
            {"LABELLED", "labelled"},
            {"MEAN MS", "mean_latency_ms"},
            {"LAST", "last_at"},
            {"VERDICT", "verdict.state"}}},
          {"millwright.serving.v1.LoadedModel",
           {{"MODEL", "name"},
            {"VERSION", "version"},
            {"WANTED", "wanted_version"},
            {"STATE", "state"},
            {"REQUESTS", "requests"},
            {"FAILURES", "failures"},
            {"REASON", "reason"}}},
      }};
  return *table;
}

}  // namespace millwright::cli
