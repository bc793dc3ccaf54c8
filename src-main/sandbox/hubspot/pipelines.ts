/** The portal's deal pipeline, as every new portal has it. */
export type PipelineStage = { readonly id: string; readonly label: string; readonly probability: string };
export type Pipeline = { readonly id: string; readonly label: string; readonly stages: readonly PipelineStage[] };

export const dealPipelines: readonly Pipeline[] = [
  {
    id: "default",
    label: "Sales Pipeline",
    stages: [
      { id: "appointmentscheduled", label: "Appointment Scheduled", probability: "0.2" },
      { id: "qualifiedtobuy", label: "Qualified To Buy", probability: "0.4" },
      { id: "presentationscheduled", label: "Presentation Scheduled", probability: "0.6" },
      { id: "decisionmakerboughtin", label: "Decision Maker Bought-In", probability: "0.8" },
      { id: "contractsent", label: "Contract Sent", probability: "0.9" },
      { id: "closedwon", label: "Closed Won", probability: "1.0" },
      { id: "closedlost", label: "Closed Lost", probability: "0.0" },
    ],
  },
];

/** Values of the properties whose options are kept in pipelines. */
export const pipelineValues: Readonly<Record<string, readonly string[]>> = {
  pipeline: dealPipelines.map(({ id }) => id),
  dealstage: dealPipelines.flatMap(({ stages }) => stages.map(({ id }) => id)),
};
