import type { SandboxClock } from "../core/clock.ts";

export type PipelineStage = {
  readonly id: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
};
export type Pipeline = {
  readonly id: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly stages: readonly PipelineStage[];
  readonly createdAt: number;
  readonly updatedAt: number;
};
export type PipelineAudit = {
  /** Of the pipeline or of the stage. */
  readonly identifier: string;
  readonly action: "CREATE" | "UPDATE" | "DELETE";
  readonly at: number;
  readonly left: object;
};

export type Pipelines = {
  readonly list: () => readonly Pipeline[];
  readonly find: (id: string) => Pipeline | undefined;
  /** Makes it, or puts it in the place of what had its id. `changed`: what the audit tells of. */
  readonly put: (pipeline: Pipeline, action: "CREATE" | "UPDATE", changed?: PipelineStage) => void;
  readonly remove: (pipeline: Pipeline) => void;
  readonly removeStage: (pipeline: Pipeline, stage: PipelineStage) => void;
  readonly audits: (identifier: string) => readonly PipelineAudit[];
  readonly nextId: () => string;
  /** Values of the properties whose options are kept here; undefined for any other property. */
  readonly valuesOf: (property: string) => readonly string[] | undefined;
  readonly clear: () => void;
};

const madeAt = Date.UTC(2024, 0, 15, 9);

/** The stages of the deal pipeline that every new portal has. */
const firstStages: readonly (readonly [id: string, label: string, probability: string])[] = [
  ["appointmentscheduled", "Appointment Scheduled", "0.2"],
  ["qualifiedtobuy", "Qualified To Buy", "0.4"],
  ["presentationscheduled", "Presentation Scheduled", "0.6"],
  ["decisionmakerboughtin", "Decision Maker Bought-In", "0.8"],
  ["contractsent", "Contract Sent", "0.9"],
  ["closedwon", "Closed Won", "1.0"],
  ["closedlost", "Closed Lost", "0.0"],
];

/** A stage is closed where nothing is open any more: won for certain, or certainly not. */
export function toStageMetadata(probability: string): PipelineStage["metadata"] {
  return { isClosed: String(Number(probability) === 0 || Number(probability) === 1), probability };
}

const firstPipeline: Pipeline = {
  id: "default",
  label: "Sales Pipeline",
  displayOrder: 0,
  stages: firstStages.map(([id, label, probability], displayOrder) => ({
    id,
    label,
    displayOrder,
    metadata: toStageMetadata(probability),
    createdAt: madeAt,
    updatedAt: madeAt,
  })),
  createdAt: madeAt,
  updatedAt: madeAt,
};

/** The portal's deal pipelines and what was ever done to them. */
export function createPipelines(clock: SandboxClock): Pipelines {
  const pipelines = new Map([[firstPipeline.id, firstPipeline]]);
  let audits: PipelineAudit[] = [];
  let serial = 0;
  const note = (action: PipelineAudit["action"], left: Pipeline | PipelineStage): void =>
    void audits.push({ identifier: left.id, action, at: clock.now(), left });
  const values = { pipeline: "pipeline", dealstage: "dealstage" } as const;
  return {
    list: () => [...pipelines.values()].toSorted((one, other) => one.displayOrder - other.displayOrder),
    find: (id) => pipelines.get(id),
    put: (pipeline, action, changed) => {
      pipelines.set(pipeline.id, pipeline);
      note(action, changed ?? pipeline);
    },
    remove: (pipeline) => {
      pipelines.delete(pipeline.id);
      note("DELETE", pipeline);
    },
    removeStage: (pipeline, stage) => {
      const stages = pipeline.stages.filter(({ id }) => id !== stage.id);
      pipelines.set(pipeline.id, { ...pipeline, stages, updatedAt: clock.now() });
      note("DELETE", stage);
    },
    audits: (identifier) => audits.filter((each) => each.identifier === identifier),
    nextId: () => String(70_000_000 + (serial += 1)),
    valuesOf: (property) => {
      if (property === values.pipeline) return [...pipelines.keys()];
      if (property !== values.dealstage) return undefined;
      return [...pipelines.values()].flatMap(({ stages }) => stages.map(({ id }) => id));
    },
    clear: () => {
      pipelines.clear();
      pipelines.set(firstPipeline.id, firstPipeline);
      audits = [];
      serial = 0;
    },
  };
}
