import type { SandboxClock } from "../core/clock.ts";
import type { Random } from "../core/seeded-random.ts";
import { createAssociationGraph, type AssociationGraph } from "./association-graph.ts";
import { createAssociationTypes, type AssociationTypes } from "./association-types.ts";
import type { ConfigSource } from "./configuration.ts";
import { createHubRecords, type HubRecords } from "./hub-records.ts";
import { createPipelines, type Pipelines } from "./pipelines.ts";
import { createPropertyHistory, type PropertyHistory } from "./property-history.ts";
import { createPropertyReader, type PropertyReader } from "./property-reader.ts";
import { createPropertyRegistry, type PropertyRegistry } from "./property-registry.ts";

/** One HubSpot account: its schema, records and links. */
export type Portal = {
  readonly clock: SandboxClock;
  readonly random: Random;
  readonly config: ConfigSource;
  readonly registry: PropertyRegistry;
  readonly records: HubRecords;
  readonly history: PropertyHistory;
  readonly pipelines: Pipelines;
  readonly types: AssociationTypes;
  readonly graph: AssociationGraph;
  readonly valueOf: PropertyReader;
  readonly clear: () => void;
};

export function createPortal(clock: SandboxClock, random: Random, config: ConfigSource): Portal {
  const registry = createPropertyRegistry(clock, config);
  const records = createHubRecords(clock, config, registry);
  const history = createPropertyHistory(config);
  const pipelines = createPipelines(clock);
  const types = createAssociationTypes();
  const graph = createAssociationGraph();
  const valueOf = createPropertyReader(config, graph);
  const clear = (): void => {
    records.clear();
    history.clear();
    pipelines.clear();
    types.clear();
    graph.clear();
    registry.clear();
  };
  return { clock, random, config, registry, records, history, pipelines, types, graph, valueOf, clear };
}
