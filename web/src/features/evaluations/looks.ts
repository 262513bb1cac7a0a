import { readList, readNumber, readObject, readText } from "@/lib/json-read";
import type { MetricValues } from "./report";

/** One time that somebody scored a model on a test set. */
export interface Look {
  id: string;
  datasetVersionId?: string;
  split?: string;
  runId?: string;
  /** The how manieth look at this data and split it was. */
  number?: number;
  metrics: MetricValues;
  actor?: string;
  pipelineRunId?: string;
  at?: string;
}

export interface LookPage {
  looks: readonly Look[];
  next: string | null;
}

export function readLooks(json: unknown): LookPage {
  const { looks, next_page_token: next } = readObject(json);
  return {
    looks: readList(looks).map((each) => {
      const look = readObject(each);
      return {
        id: readText(look.look_id) ?? "",
        datasetVersionId: readText(look.dataset_version_id),
        split: readText(look.split),
        runId: readText(look.run_id),
        number: readNumber(look.number),
        metrics: new Map(
          Object.entries(readObject(look.metrics)).flatMap(([name, value]) => {
            const number = readNumber(value);
            return number === undefined ? [] : [[name, number] as const];
          }),
        ),
        actor: readText(look.actor),
        pipelineRunId: readText(look.pipeline_run_id),
        at: readText(look.at),
      };
    }),
    next: readText(next) ?? null,
  };
}
