import { z } from "zod";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Intent, StepName, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { failAll, failed, type Outcomes } from "../http/write-outcomes.ts";
import type { Client, Refusal, Reply } from "./client.ts";
import { readVendorErrors } from "./error-body.ts";
import { namesField, type Subject } from "./faults.ts";
import { dataPath } from "./wire.ts";

/** One row to send: which item it is of, what it holds, and which steps it does. */
export type Row = Readonly<{
  item: WriteItem;
  values: Readonly<Record<string, unknown>>;
  steps: readonly StepName[];
}>;

/** How rows are sent. `keyField`: the field that addresses them, for an upsert. */
export type RowRequest = Readonly<{
  method: "POST" | "PATCH";
  path: string;
  subject: Subject;
  createOnly: ReadonlySet<string>;
}>;

const nothingIsCreateOnly: ReadonlySet<string> = new Set();

/** Records that are addressed by our key. The rows hold a field that can only be created: one that is there already is refused, not overwritten. */
export const upsertBy = (keyField: string, createOnly: ReadonlySet<string>): RowRequest => ({
  method: "PATCH",
  path: dataPath(`/composite/sobjects/Task/${keyField}`),
  subject: "new_call",
  createOnly,
});

/** New records; the unique field makes Salesforce refuse a second one with our key. */
export const insert: RowRequest = {
  method: "POST",
  path: dataPath("/composite/sobjects"),
  subject: "new_call",
  createOnly: nothingIsCreateOnly,
};

/** Records by their id: an id that is gone is refused, never re-created. */
export const updateById: RowRequest = {
  method: "PATCH",
  path: dataPath("/composite/sobjects"),
  subject: "call",
  createOnly: nothingIsCreateOnly,
};

const rowAnswer = z.looseObject({
  success: z.boolean(),
  id: z.string().nullish(),
  errors: z.array(z.unknown()).catch([]),
});
const collectionAnswer = z.array(rowAnswer);
type RowAnswer = z.infer<typeof rowAnswer>;

const toIntents = (rows: readonly Row[]): readonly Intent[] =>
  rows.flatMap(({ item, steps }) => steps.map((step) => ({ key: item.key, step })));

/** Sends up to 200 rows in one call; each has an outcome of its own under its key. */
export async function sendRows(
  client: Client,
  session: CrmSession,
  rows: readonly Row[],
  request: RowRequest,
): Promise<Outcomes> {
  const reply = await client.call(session, {
    method: request.method,
    path: request.path,
    // All-or-none off: one bad row must not hold up the others.
    body: { allOrNone: false, records: rows.map(({ values }) => ({ attributes: { type: "Task" }, ...values })) },
    kind: "write",
    subject: request.subject,
    schema: collectionAnswer,
    intents: toIntents(rows),
    rows: rows.length,
  });
  return reply.ok ? readOutcomes(client, rows, request, reply.value) : blame(rows, reply.fault);
}

/**
 * Salesforce answers rows in the order in which they were sent and names a failed one by nothing else, so an answer of
 * another length tells nothing: then every row is read by key.
 */
function readOutcomes(
  client: Client,
  rows: readonly Row[],
  request: RowRequest,
  { value, said }: Reply<readonly RowAnswer[]>,
): Outcomes {
  const answers = value.length === rows.length ? value : [];
  const toOutcome = ({ item, steps }: Row, answer: RowAnswer | undefined): WriteOutcome => {
    if (answer?.success === true && typeof answer.id === "string")
      return { done: steps, remoteId: answer.id, fault: null, answer: said };
    const errors = answer === undefined ? [] : readVendorErrors(answer.errors);
    if (answer?.success === false && errors.length > 0)
      return failed(item, client.judge(errors, { ...request, rows: rows.length }));
    const message = "the answer does not tell what became of this call";
    return failed(item, { kind: "response_lost", answer: toAnswer({ ...said, message }) });
  };
  return new Map(rows.map((row, at) => [row.item.key, toOutcome(row, answers[at])]));
}

/** Whether a refusal of the whole request may be one row's fault. */
const isOfOneRow = ({ fault, status }: Refusal): boolean => fault.kind === "rejected" && status === 400;

/**
 * A collection that was refused as a whole wrote nothing. A row that holds the field in question is to blame; the others
 * go again in smaller collections, until one alone shows whose fault it is.
 */
function blame(rows: readonly Row[], refusal: Refusal): Outcomes {
  const { fault, errors } = refusal;
  const items = rows.map(({ item }) => item);
  if (rows.length === 1 || !isOfOneRow(refusal)) return failAll(items, fault);
  const innocent: ConnectorFault = { kind: "batch_too_large", answer: "answer" in fault ? fault.answer : {} };
  const isSchema = errors.some(({ code }) => code === "INVALID_FIELD" || code === "INVALID_FIELD_FOR_INSERT_UPDATE");
  const isNamed = ({ values }: Row): boolean =>
    isSchema && Object.keys(values).some((field) => errors.some((error) => namesField(error, field)));
  return new Map(rows.map((row) => [row.item.key, failed(row.item, isNamed(row) ? fault : innocent)]));
}
