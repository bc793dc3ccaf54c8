import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import { toWrittenForm } from "../../../src-shared/domain/mapping.ts";
import { ruleOf, type OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, ProbeFinding } from "../../engine/ports/connector.ts";
import { chunk } from "../http/write-outcomes.ts";
import type { Client } from "./client.ts";
import { queryAllPages, textOf, type QueriedRecord } from "./query.ts";
import { queryMax, quoteList } from "./wire.ts";

export type ProbeParts = Readonly<{ client: Client; contract: OwnershipContract; keyField: string }>;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

const editedField = "LastModifiedDate";
const editorField = "LastModifiedById";

/** Fields of tasks that the contract knows. */
function listFields({ contract, keyField }: ProbeParts): readonly string[] {
  const fields = Object.hasOwn(contract.objects, "Task") ? contract.objects["Task"]?.fields : undefined;
  return [...new Set([keyField, ...Object.keys(fields ?? {})])].filter((field) => field !== "Id");
}

/**
 * Reads calls by our key: SOQL, which reads the database, never the search index. With the archive and the recycle bin,
 * so that an old call is not taken for missing and one that somebody deleted is not written again.
 */
export async function probe(
  parts: ProbeParts,
  session: CrmSession,
  keys: readonly string[],
): Result<ReadonlyMap<string, ProbeFinding>> {
  const findings = new Map<string, ProbeFinding>();
  const selected = [...new Set(["Id", "IsDeleted", ...listFields(parts), editedField, editorField])].join(", ");
  for (const asked of chunk([...new Set(keys)], queryMax)) {
    const soql = `SELECT ${selected} FROM Task WHERE ${parts.keyField} IN ${quoteList(asked)}`;
    const found = await queryAllPages(parts.client, session, { soql, scope: "queryAll" });
    if (!found.ok) return { ok: false, fault: found.fault.fault };
    const byKey = groupByKey(parts, found.value);
    for (const key of asked) findings.set(key, toFinding(parts, byKey.get(key) ?? []));
  }
  return { ok: true, value: findings };
}

function groupByKey({ keyField }: ProbeParts, records: readonly QueriedRecord[]): ReadonlyMap<string, QueriedRecord[]> {
  const byKey = new Map<string, QueriedRecord[]>();
  for (const record of records) {
    const key = textOf(record, keyField);
    if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), record]);
  }
  return byKey;
}

function toFinding(parts: ProbeParts, records: readonly QueriedRecord[]): ProbeFinding {
  const [live, ...more] = records.filter((record) => record["IsDeleted"] !== true);
  if (live === undefined) {
    const [deleted] = records;
    return deleted === undefined ? { kind: "missing" } : { kind: "deleted", remoteId: deleted.Id };
  }
  if (more.length > 0) {
    const ids = [live, ...more].map(({ Id }) => Id);
    return {
      kind: "unclear",
      detail: `Salesforce holds several tasks with this key: ${ids.join(", ")}`,
      remoteIds: ids,
    };
  }
  const fields = listFields(parts).map((field) => [field, toHeld(parts, live, field)] as const);
  const editedAt = Date.parse(withColon(textOf(live, editedField) ?? ""));
  const lastEdit = { at: Number.isNaN(editedAt) ? null : editedAt, by: textOf(live, editorField) };
  return { kind: "found", remoteId: live.Id, fields: Object.fromEntries(fields), lastEdit };
}

/** Salesforce gives times with an offset of its own form; that is no edit. */
function toHeld({ contract }: ProbeParts, record: QueriedRecord, field: string): string | null {
  const held = textOf(record, field);
  if (held === null) return null;
  const rule = ruleOf(contract, "Task", field);
  return toWrittenForm(rule !== undefined && rule.own !== "crm" ? rule.value : undefined, withColon(held));
}

/** A time whose offset is written as `+0000`; any other text stays. */
const withColon = (text: string): string => text.replace(/^(\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d)(\d\d)$/, "$1:$2");
