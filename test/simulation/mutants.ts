import { readFileSync } from "node:fs";

/** One edit of the engine's source: the exact text, which must stand in the file once, and what stands there instead. */
type Edit = Readonly<{ file: string; from: string; to: string }>;
export type Mutant = Readonly<{ name: string; edits: readonly Edit[] }>;

const sync = "src-main/engine/sync/";

/** Wrong engines. None of them may live: each breaks a promise that the simulation watches. */
export const mutants: readonly Mutant[] = [
  {
    name: "the intent is stored after the request",
    edits: [
      {
        file: `${sync}crm-session.ts`,
        from: "const intent = commitOrGiveBack(request, body, grant);\n      line.leave(waiting.place);\n      const learn = server.listen();\n      const answer = await transmit(request, body);",
        to: "const learn = server.listen();\n      const answer = await transmit(request, body);\n      const intent = commitOrGiveBack(request, body, grant);\n      line.leave(waiting.place);",
      },
    ],
  },
  {
    name: "the probe is skipped: what is uncertain counts as missing",
    edits: [
      {
        file: `${sync}probe-jobs.ts`,
        from: "await connector.probe(parts.openSession(0, rows), keys, since, new Map(ids));",
        to: 'await Promise.resolve({ ok: true, value: new Map(keys.map((key) => [key, { kind: "missing" }])) });',
      },
    ],
  },
  {
    name: "the quiet time is zero",
    edits: [{ file: `${sync}probe-jobs.ts`, from: "quietTimeMs: 2 * parts.requestTimeoutMs", to: "quietTimeMs: 0" }],
  },
  {
    name: "one read says missing where two must",
    edits: [
      {
        file: `${sync}probe-outcome.ts`,
        from: "!context.hasUniqueKey && missingReads < 2",
        to: "!context.hasUniqueKey && missingReads < 1",
      },
    ],
  },
  {
    name: "the reservation is made after the send",
    edits: [
      {
        file: `${sync}pace.ts`,
        from: "else log?.entries.add(id, units, clock.monotonic());",
        to: "",
      },
      {
        file: `${sync}pace.ts`,
        from: 'if (log?.kind === "rolling") log.entries.answered(',
        to: 'if (log?.kind === "rolling") log.entries.add(id, open.get(id)?.[name] ?? 0, clock.monotonic());\n          if (log?.kind === "rolling") log.entries.answered(',
      },
    ],
  },
  {
    name: "what the headers say of the limits is ignored",
    edits: [
      {
        file: `${sync}crm-session.ts`,
        from: "isAnswer ? parts.connector.observe(request, answer) : []",
        to: "[]",
      },
    ],
  },
  {
    name: "a cost leaves its window one length after the send",
    edits: [
      {
        file: `${sync}rolling-window.ts`,
        from: "leavesAt: now + lengthMs,",
        to: "leavesAt: request.sentAt + lengthMs,",
      },
    ],
  },
  {
    name: "a late answer's count is held against all that was counted since",
    edits: [
      {
        file: `${sync}pace-track.ts`,
        from: "return Math.max(...track.counts.map((each) => each.used));",
        to: "return used;",
      },
    ],
  },
  {
    name: "steps that are done are forgotten",
    edits: [{ file: `${sync}probe-outcome.ts`, from: "stepsDone: [recordStep],", to: "stepsDone: []," }],
  },
  {
    name: "a version that came while the older one was sent is lost",
    edits: [
      {
        file: `${sync}probe-outcome.ts`,
        from: "(row.lastAttemptRevision ?? row.wantedRevision);",
        to: "row.wantedRevision;",
      },
      {
        file: `${sync}write-outcome.ts`,
        from: "const newer = isChanged(plan, context);",
        to: "const newer = false;",
      },
      {
        file: "src-main/engine/store/delivery-apply.ts",
        from: 'return to === "delivered" && sent !== null && current.wantedRevision > Number(sent);',
        to: "return false;",
      },
    ],
  },
  {
    name: "a rescue counts as a try",
    edits: [
      {
        file: "src-main/engine/store/session-store.ts",
        from: "UPDATE delivery SET rescues = rescues + 1 WHERE",
        to: "UPDATE delivery SET rescues = rescues + 1, attempts = attempts + 1 WHERE",
      },
    ],
  },
  {
    name: "a rewrite bypasses the field contract",
    edits: [
      {
        file: `${sync}write-plan.ts`,
        from: 'operation: "update",\n    wanted: values,\n    remote: found.fields,',
        to: 'operation: "create",\n    wanted: values,\n    remote: found.fields,',
      },
    ],
  },
  {
    name: "outcomes of a batch are joined by position",
    edits: [
      {
        file: "src-main/connectors/hubspot/write-batch.ts",
        from: 'const result = results.get(names.find((id) => results.has(id)) ?? "");',
        to: "const result = value.results[items.indexOf(item)];",
      },
    ],
  },
  {
    name: "a lost answer is sent again at once",
    edits: [
      {
        file: `${sync}write-outcome.ts`,
        from: 'case "response_lost":\n      return lose(plan, context, fault);',
        to: 'case "response_lost":\n      return release(plan.row, context, "Sent again.");',
      },
    ],
  },
  {
    name: "a failed disk is settled as a mistake of ours",
    edits: [
      {
        file: `${sync}write-jobs.ts`,
        from: "if (isStorageFailure(error)) throw error;\n      settleBug(rows, mayHaveLeft, error);",
        to: "settleBug(rows, mayHaveLeft, error);",
      },
    ],
  },
  {
    name: "a rest is kept by the wall clock",
    edits: [
      {
        file: `${sync}sync.ts`,
        from: "if (isSetBack) deliveries.endLongWaits",
        to: "if (false) deliveries.endLongWaits",
      },
    ],
  },
];

/** The file's text with a mutant's edits. Throws where an edit finds its place no more, or more than once. */
export function mutate({ name, edits }: Mutant, file: string, text: string): string {
  return edits
    .filter((edit) => edit.file === file)
    .reduce((changed, { from, to }) => {
      const places = changed.split(from).length - 1;
      if (places !== 1) throw new Error(`"${name}" finds its place ${places} times in ${file}: ${from}`);
      return changed.replace(from, () => to);
    }, text);
}

/** Throws where a mutant does not find its place any more. `root`: the project's folder. */
export function checkPlaces(mutant: Mutant, root: URL): void {
  for (const file of new Set(mutant.edits.map((edit) => edit.file)))
    mutate(mutant, file, readFileSync(new URL(file, root), "utf8"));
}
