import type { Mutant } from "../../simulation/mutants.ts";

const plan = "src-main/engine/sync/write-plan.ts";
const probe = "src-main/engine/sync/probe-outcome.ts";

/** Engines that lose what people did. None of them may live. */
export const wrongEngines: readonly Mutant[] = [
  {
    name: "a rewrite does not look at what the CRM holds",
    edits: [
      {
        file: plan,
        from: "remote: found.fields,\n    pushed: row.pushed,",
        to: "remote: row.pushed,\n    pushed: row.pushed,",
      },
    ],
  },
  {
    name: "recovery takes whatever it finds for ours",
    edits: [
      {
        file: probe,
        from: "pushed: ours,\n    conflicts",
        to: "pushed: Object.fromEntries(Object.entries(found.fields).map(([field, held]) => [field, held ?? ''])),\n    conflicts",
      },
    ],
  },
  {
    name: "a decision for ours overwrites whatever the field holds by then",
    edits: [
      {
        file: "src-shared/domain/ownership.ts",
        from: 'const mayOverwrite = settled !== undefined && remote === (settled.theirs ?? "");',
        to: "const mayOverwrite = settled !== undefined;",
      },
    ],
  },
  {
    name: "a decision for theirs is forgotten",
    edits: [
      {
        file: "src-shared/domain/ownership.ts",
        from: 'if (settled?.verdict === "keep_theirs") return { keep: "settled" };',
        to: 'if (settled?.verdict === "keep_theirs") return { write: wanted };',
      },
    ],
  },
];
