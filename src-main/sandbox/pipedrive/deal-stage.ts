import type { WireFields } from "./body-schemas.ts";
import type { Company } from "./company.ts";
import type { CompanyRecord } from "./company-record.ts";
import { badRequest } from "./refusal.ts";

/** Where a deal is that nothing was said about. */
export const firstPlace = { pipeline_id: 1, stage_id: 1 } as const;

/**
 * The pipeline and the stage that a write puts a deal in: a stage brings its pipeline along, a pipeline its first stage.
 * Throws a `Refusal` for one that does not exist, or a stage of another pipeline.
 */
export function settleStage({ pipelines }: Company, given: WireFields, before: CompanyRecord | undefined): WireFields {
  const { stage_id: stageId, pipeline_id: pipelineId } = given;
  if (typeof stageId === "number") {
    const stage = pipelines.findStage(stageId);
    if (stage === undefined) throw badRequest(`stage_id: stage ${stageId} does not exist`);
    if (pipelineId !== undefined && pipelineId !== stage.pipeline_id)
      throw badRequest(`stage_id: stage ${stageId} does not belong to the pipeline`);
    return { stage_id: stage.id, pipeline_id: stage.pipeline_id };
  }
  if (typeof pipelineId !== "number") return before === undefined ? toFirst(pipelines) : {};
  const first = pipelines.stages().find((stage) => stage.pipeline_id === pipelineId);
  if (pipelines.findPipeline(pipelineId) === undefined || first === undefined)
    throw badRequest(`pipeline_id: pipeline ${pipelineId} does not exist or has no stages`);
  const isThere = before !== undefined && (before.fields["pipeline_id"] ?? firstPlace.pipeline_id) === pipelineId;
  return isThere ? {} : { stage_id: first.id, pipeline_id: pipelineId };
}

function toFirst(pipelines: Company["pipelines"]): WireFields {
  const [first] = pipelines.stages();
  return first === undefined ? {} : { stage_id: first.id, pipeline_id: first.pipeline_id };
}
