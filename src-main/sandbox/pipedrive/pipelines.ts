import type { SandboxClock } from "../core/clock.ts";
import { toIsoSeconds } from "./company-record.ts";

export type Pipeline = {
  readonly id: number;
  readonly name: string;
  readonly order_nr: number;
  readonly is_deleted: boolean;
  readonly is_deal_probability_enabled: boolean;
  readonly add_time: string;
  readonly update_time: string;
};

export type Stage = {
  readonly id: number;
  readonly order_nr: number;
  readonly name: string;
  readonly is_deleted: boolean;
  readonly deal_probability: number;
  readonly pipeline_id: number;
  readonly is_deal_rot_enabled: boolean;
  readonly days_to_rotten: number | null;
  readonly add_time: string;
  readonly update_time: string;
};

type Made<T> = Omit<T, "id" | "order_nr" | "is_deleted" | "add_time" | "update_time">;
type Changes<T> = { readonly [K in keyof Made<T>]?: Made<T>[K] | undefined };

/** The account's pipelines with their stages. What is deleted keeps its id and is not found any more. */
export type Pipelines = {
  readonly pipelines: () => readonly Pipeline[];
  /** In the order of the pipelines, and in theirs. */
  readonly stages: () => readonly Stage[];
  readonly findPipeline: (id: number) => Pipeline | undefined;
  readonly findStage: (id: number) => Stage | undefined;
  readonly addPipeline: (given: Made<Pipeline>) => Pipeline;
  readonly addStage: (given: Made<Stage>) => Stage;
  readonly changePipeline: (before: Pipeline, changes: Changes<Pipeline>) => Pipeline;
  readonly changeStage: (before: Stage, changes: Changes<Stage>) => Stage;
  /** With its stages. */
  readonly removePipeline: (pipeline: Pipeline) => void;
  readonly removeStage: (stage: Stage) => void;
  readonly clear: () => void;
};

const since = "2024-01-01T00:00:00Z";
const firstPipeline: Pipeline = {
  id: 1,
  name: "Pipeline",
  order_nr: 1,
  is_deleted: false,
  is_deal_probability_enabled: false,
  add_time: since,
  update_time: since,
};
const firstStages = ["Lead In", "Contact Made", "Negotiations"].map((name, position): Stage => ({
  id: position + 1,
  order_nr: position + 1,
  name,
  is_deleted: false,
  deal_probability: 100,
  pipeline_id: firstPipeline.id,
  is_deal_rot_enabled: false,
  days_to_rotten: null,
  add_time: since,
  update_time: since,
}));

export function createPipelines(clock: SandboxClock): Pipelines {
  let pipelines: readonly Pipeline[] = [firstPipeline];
  let stages: readonly Stage[] = firstStages;
  const now = (): string => toIsoSeconds(clock.now());
  const putPipeline = (pipeline: Pipeline): Pipeline => {
    pipelines = [...pipelines.filter(({ id }) => id !== pipeline.id), pipeline];
    return pipeline;
  };
  const putStage = (stage: Stage): Stage => {
    stages = [...stages.filter(({ id }) => id !== stage.id), stage];
    return stage;
  };
  const live = (): readonly Pipeline[] =>
    pipelines.filter((each) => !each.is_deleted).toSorted((left, right) => left.order_nr - right.order_nr);
  const liveStages = (): readonly Stage[] =>
    live().flatMap(({ id }) =>
      stages
        .filter((stage) => stage.pipeline_id === id && !stage.is_deleted)
        .toSorted((left, right) => left.order_nr - right.order_nr),
    );
  const fresh = (known: readonly unknown[], order: number) =>
    ({ id: known.length + 1, order_nr: order, is_deleted: false, add_time: now(), update_time: now() }) as const;
  return {
    pipelines: live,
    stages: liveStages,
    findPipeline: (id) => live().find((each) => each.id === id),
    findStage: (id) => liveStages().find((each) => each.id === id),
    addPipeline: (given) => putPipeline({ ...fresh(pipelines, live().length + 1), ...given }),
    addStage: (given) => {
      const order = liveStages().filter(({ pipeline_id: id }) => id === given.pipeline_id).length + 1;
      return putStage({ ...fresh(stages, order), ...given });
    },
    changePipeline: (before, { name = before.name, is_deal_probability_enabled: isWeighed }) =>
      putPipeline({
        ...before,
        name,
        is_deal_probability_enabled: isWeighed ?? before.is_deal_probability_enabled,
        update_time: now(),
      }),
    changeStage: (before, changes) =>
      putStage({
        ...before,
        name: changes.name ?? before.name,
        pipeline_id: changes.pipeline_id ?? before.pipeline_id,
        deal_probability: changes.deal_probability ?? before.deal_probability,
        is_deal_rot_enabled: changes.is_deal_rot_enabled ?? before.is_deal_rot_enabled,
        days_to_rotten: changes.days_to_rotten === undefined ? before.days_to_rotten : changes.days_to_rotten,
        update_time: now(),
      }),
    removePipeline: (pipeline) => void putPipeline({ ...pipeline, is_deleted: true, update_time: now() }),
    removeStage: (stage) => void putStage({ ...stage, is_deleted: true, update_time: now() }),
    clear: () => {
      pipelines = [firstPipeline];
      stages = firstStages;
    },
  };
}
