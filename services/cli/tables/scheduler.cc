#include "cli/tables/tables.h"
#include "millwright/scheduler/v1/scheduler.pb.h"

namespace millwright::cli {

#define PIPELINES "millwright.scheduler.v1.PipelineService."
#define SCHEDULES "millwright.scheduler.v1.ScheduleService."
#define STUDIES "millwright.scheduler.v1.StudyService."

const ServiceTable& SchedulerTable() {
  scheduler::v1::Pipeline::descriptor();  // registers the contract
  static const auto* table = new ServiceTable{
      .commands =
          {
              {"studies", "list", STUDIES "ListStudies", "Studies, newest first", {}},
              {"studies", "get", STUDIES "GetStudy", "One study", {{"STUDY", "study_id"}}},
              {"studies", "trials", STUDIES "ListTrials", "The trials of a study", {{"STUDY", "study_id"}}},
              {"pipelines", "list", PIPELINES "ListPipelines", "Pipelines", {}},
              {"pipelines",
               "get",
               PIPELINES "GetPipeline",
               "One pipeline with its parameters and definition",
               {{"NAME", "name"}}},
              {"pipelines",
               "runs",
               PIPELINES "ListPipelineRuns",
               "Pipeline runs, newest first",
               {{"pipeline", "name", From::kFlag, "only of this pipeline"}}},
              {"pipelines", "show", PIPELINES "GetPipelineRun", "One pipeline run with its steps", {{"RUN", "pipeline_run_id"}}},
              {"pipelines", "cancel", PIPELINES "CancelPipelineRun", "Cancel a pipeline run", {{"RUN", "pipeline_run_id"}}},
              {"schedules", "list", SCHEDULES "ListSchedules", "Schedules", {}},
              {"schedules", "get", SCHEDULES "GetSchedule", "One schedule", {{"NAME", "name"}}},
              {"schedules",
               "create",
               SCHEDULES "CreateSchedule",
               "Run a pipeline by the clock",
               {{"NAME", "name"},
                {"pipeline", "pipeline", From::kFlag, "the pipeline to run", "", true},
                {"cron", "cron", From::kFlag, "minute hour day-of-month month day-of-week", "", true},
                {"time-zone", "time_zone", From::kFlag, "IANA name, such as Asia/Seoul; UTC when not given"},
                {"set", "parameters", From::kSet, "a parameter of the pipeline, key=value"}}},
              {"schedules",
               "pause",
               SCHEDULES "UpdateSchedule",
               "Pause a schedule",
               {{"NAME", "name"}, {"", "is_paused", From::kFixed, "", "yes"}}},
              {"schedules",
               "resume",
               SCHEDULES "UpdateSchedule",
               "Resume a schedule",
               {{"NAME", "name"}, {"", "is_paused", From::kFixed, "", "no"}}},
              {"schedules", "delete", SCHEDULES "DeleteSchedule", "Delete a schedule", {{"NAME", "name"}}},
          },
      .columns = {
          {"millwright.scheduler.v1.Pipeline",
           {{"PIPELINE", "name"}, {"REVISION", "revision"}, {"UPDATED", "updated_at"}, {"DESCRIPTION", "description"}}},
          {"millwright.scheduler.v1.PipelineParameter",
           {{"NAME", "name"}, {"TYPE", "type"}, {"DEFAULT", "default"}, {"HELP", "help"}}},
          {"millwright.scheduler.v1.PipelineRun",
           {{"PIPELINE RUN", "pipeline_run_id"},
            {"PIPELINE", "pipeline"},
            {"STATE", "state"},
            {"CREATED", "created_at"},
            {"ENDED", "ended_at"},
            {"TRIGGER", "trigger"},
            {"ERROR", "error"}}},
          {"millwright.scheduler.v1.Step",
           {{"STEP", "step_id"},
            {"KIND", "kind"},
            {"STATE", "state"},
            {"ATTEMPT", "attempt"},
            {"STARTED", "started_at"},
            {"ENDED", "ended_at"},
            {"ERROR", "error"}}},
          {"millwright.scheduler.v1.Schedule",
           {{"SCHEDULE", "name"},
            {"PIPELINE", "pipeline"},
            {"CRON", "cron"},
            {"TIME ZONE", "time_zone"},
            {"PAUSED", "is_paused"},
            {"NEXT", "next_at"},
            {"LAST", "last_at"}}},
          {"millwright.scheduler.v1.Study",
           {{"STUDY", "study_id"},
            {"NAME", "name"},
            {"STATE", "state"},
            {"METRIC", "metric"},
            {"SAMPLER", "sampler"},
            {"COMPLETE", "complete_trials"},
            {"TRIALS", "max_trials"},
            {"BEST", "best_trial.value"},
            {"CREATED", "created_at"}}},
          {"millwright.scheduler.v1.Trial",
           {{"TRIAL", "number"},
            {"STATE", "state"},
            {"VALUE", "value"},
            {"ATTEMPT", "attempt"},
            {"RUN", "run_id"},
            {"PARAMS", "params"}}},
      }};
  return *table;
}

}  // namespace millwright::cli
