import type { Database } from "better-sqlite3";
import { z } from "zod";
import type { Match } from "../ports/delivery-store.ts";
import type { Correction, MatchRuleStore, ToldRule } from "../ports/match-rules.ts";
import { createCallSearch } from "./call-search.ts";
import { fromJson } from "./json-column.ts";
import type { Transact } from "./transaction.ts";

type RuleRow = Omit<ToldRule, "person"> & Readonly<{ object: string; personId: string }>;
type CorrectionRow = Omit<Correction, "before"> & Readonly<{ before: string | null }>;

const link = z.object({ object: z.string(), id: z.string() });
const match: z.ZodType<Match> = z.object({
  number: z.string(),
  object: z.string().nullable(),
  personId: z.string().nullable(),
  name: z.string().nullable(),
  also: z.array(link),
  rule: z.string(),
  evidence: z.string(),
  candidates: z.array(link.extend({ name: z.string(), field: z.string() })),
  matchedAt: z.number(),
});

/** Calls of a number that a correction looks at; a number that was called more often is a switchboard. */
const maxCalls = 10_000;

const toRule = ({ object, personId, ...rest }: RuleRow): ToldRule => ({ ...rest, person: { object, id: personId } });
const toCorrection = ({ before, ...rest }: CorrectionRow): Correction => ({
  ...rest,
  before: before === null ? null : fromJson(match, before),
});

function prepareStatements(db: Database) {
  const rule = `SELECT id, integration_id AS integrationId, number, object, person_id AS personId, name,
    made_by AS madeBy, made_at AS madeAt FROM match_rule WHERE ended_at IS NULL AND integration_id = ?`;
  const correction = `SELECT id, delivery_id AS deliveryId, rule_id AS ruleId, made_by AS madeBy, made_at AS madeAt,
    match_before AS before FROM match_correction WHERE undone_at IS NULL`;
  return {
    ruleOf: db.prepare<[number, string], RuleRow>(`${rule} AND number = ?`),
    rules: db.prepare<[number], RuleRow>(`${rule} ORDER BY id`),
    endOld: db.prepare<[number, number, string]>(
      "UPDATE match_rule SET ended_at = ? WHERE integration_id = ? AND number = ? AND ended_at IS NULL",
    ),
    addRule: db.prepare<[number, string, string, string, string, string, number]>(`
      INSERT INTO match_rule (integration_id, number, object, person_id, name, made_by, made_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)`),
    endRule: db.prepare<[number, number]>("UPDATE match_rule SET ended_at = ? WHERE id = ?"),
    addCorrection: db.prepare<[number, number | null, string, number, string | null]>(`
      INSERT INTO match_correction (delivery_id, rule_id, made_by, made_at, match_before) VALUES (?, ?, ?, ?, ?)`),
    correctionOf: db.prepare<[number], CorrectionRow>(`${correction} AND delivery_id = ? ORDER BY id DESC LIMIT 1`),
    ofRule: db.prepare<[number], CorrectionRow>(`${correction} AND rule_id = ? ORDER BY id`),
    undone: db.prepare<[number, number]>("UPDATE match_correction SET undone_at = ? WHERE id = ?"),
    deliveries: db
      .prepare<[string, number], number>(
        `SELECT d.id FROM json_each(?) j JOIN delivery d ON d.call_id = j.value AND d.integration_id = ? ORDER BY d.id DESC`,
      )
      .pluck(),
  };
}

export function createMatchRuleStore(db: Database, transact: Transact): MatchRuleStore {
  const sql = prepareStatements(db);
  const search = createCallSearch(db);
  return {
    ruleOf: (integrationId, number) => {
      const row = sql.ruleOf.get(integrationId, number);
      return row === undefined ? undefined : toRule(row);
    },
    rules: (integrationId) => sql.rules.all(integrationId).map(toRule),
    addRule: (told) =>
      transact.run(() => {
        const { integrationId, number, person, name, madeBy, madeAt } = told;
        sql.endOld.run(madeAt, integrationId, number);
        const { lastInsertRowid } = sql.addRule.run(
          integrationId,
          number,
          person.object,
          person.id,
          name,
          madeBy,
          madeAt,
        );
        return { ...told, id: Number(lastInsertRowid) };
      }),
    endRule: (id, at) => transact.run(() => void sql.endRule.run(at, id)),
    addCorrection: ({ deliveryId, ruleId, madeBy, madeAt, before }) =>
      transact.run(() => {
        const text = before === null ? null : JSON.stringify(before);
        return Number(sql.addCorrection.run(deliveryId, ruleId, madeBy, madeAt, text).lastInsertRowid);
      }),
    correctionOf: (deliveryId) => {
      const row = sql.correctionOf.get(deliveryId);
      return row === undefined ? undefined : toCorrection(row);
    },
    correctionsOfRule: (ruleId) => sql.ofRule.all(ruleId).map(toCorrection),
    markUndone: (id, at) => transact.run(() => void sql.undone.run(at, id)),
    deliveriesWith: (integrationId, number) =>
      sql.deliveries.all(JSON.stringify(search.byParty(number, maxCalls)), integrationId),
  };
}
