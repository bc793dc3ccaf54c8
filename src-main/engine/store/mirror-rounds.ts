import type { Database } from "better-sqlite3";
import type { MirrorCommit, MirrorRound, MirrorStepRow, MirrorStore } from "../ports/mirror.ts";
import type { Transact } from "./transaction.ts";

type RoundRow = Omit<MirrorRound, "numbersChanged"> & Readonly<{ numbersChanged: number }>;
type StepRow = Omit<MirrorStepRow, "isOpen"> & Readonly<{ isOpen: number }>;

function prepareRounds(db: Database) {
  return {
    round: db.prepare<[number], RoundRow>(`
      SELECT begun_at_server AS begunAtServer, round_started_at AS roundStartedAt, fresh_as_of AS freshAsOf,
        loaded_at AS loadedAt, round_reading AS roundReading, numbers_changed AS numbersChanged FROM mirror WHERE integration_id = ?`),
    begin: db.prepare<[{ id: number; at: number; serverAt: number }]>(`
      INSERT INTO mirror (integration_id, begun_at_server, round_started_at, reading, round_reading, numbers_changed)
      VALUES (@id, @serverAt, @at, 0, 0, 0)
      ON CONFLICT (integration_id) DO UPDATE SET round_started_at = @at, round_reading = reading`),
    end: db.prepare<[{ id: number; at: number }]>(`
      UPDATE mirror SET fresh_as_of = round_started_at, round_started_at = NULL, loaded_at = coalesce(loaded_at, @at)
      WHERE integration_id = @id`),
    steps: db.prepare<[number], StepRow>(`
      SELECT step, is_open AS isOpen, page, mark, reading, opened_at_server AS openedAtServer, done_at AS doneAt,
        done_as_of_server AS doneAsOfServer FROM mirror_step WHERE integration_id = ? ORDER BY step`),
    nextReading: db
      .prepare<[number], number>("UPDATE mirror SET reading = reading + 1 WHERE integration_id = ? RETURNING reading")
      .pluck(),
    open: db.prepare<[{ id: number; step: string; reading: number; serverAt: number }]>(`
      INSERT INTO mirror_step (integration_id, step, is_open, reading, opened_at_server)
      VALUES (@id, @step, 1, @reading, @serverAt)
      ON CONFLICT (integration_id, step) DO UPDATE
        SET is_open = 1, page = NULL, reading = @reading, opened_at_server = @serverAt`),
    restart: db.prepare<[number, string]>("UPDATE mirror_step SET page = NULL WHERE integration_id = ? AND step = ?"),
    turn: db.prepare<[{ id: number; step: string; page: string }]>(
      "UPDATE mirror_step SET page = @page WHERE integration_id = @id AND step = @step",
    ),
    close: db.prepare<[{ id: number; step: string; mark: string | null; at: number }]>(`
      UPDATE mirror_step SET is_open = 0, page = NULL, mark = @mark, done_at = @at, done_as_of_server = opened_at_server
      WHERE integration_id = @id AND step = @step`),
    clearChanged: db.prepare<[number]>("UPDATE mirror SET numbers_changed = 0 WHERE integration_id = ?"),
  };
}

const toStep = ({ isOpen, ...rest }: StepRow): MirrorStepRow => ({ ...rest, isOpen: isOpen === 1 });

export type MirrorRounds = Pick<
  MirrorStore,
  "round" | "beginRound" | "endRound" | "steps" | "openStep" | "restartStep" | "clearChanged"
> &
  Readonly<{ settleStep(integrationId: number, commit: Pick<MirrorCommit, "step" | "page" | "mark" | "at">): void }>;

/** Where the reading of each integration's copy stands. */
export function createMirrorRounds(db: Database, transact: Transact): MirrorRounds {
  const sql = prepareRounds(db);
  const stepOf = (id: number, step: string): MirrorStepRow => {
    const found = sql.steps.all(id).find((row) => row.step === step);
    if (found === undefined) throw new Error(`the step ${step} was not stored`);
    return toStep(found);
  };
  return {
    round: (id) => {
      const row = sql.round.get(id);
      return row === undefined ? null : { ...row, numbersChanged: row.numbersChanged === 1 };
    },
    beginRound: (id, { at, serverAt }) => transact.run(() => void sql.begin.run({ id, at, serverAt })),
    endRound: (id, at) => transact.run(() => void sql.end.run({ id, at })),
    steps: (id) => sql.steps.all(id).map(toStep),
    openStep: (id, step, serverAt) =>
      transact.run(() => {
        const reading = sql.nextReading.get(id);
        if (reading === undefined) throw new Error("the mirror has no round under way");
        sql.open.run({ id, step, reading, serverAt });
        return stepOf(id, step);
      }),
    restartStep: (id, step) => transact.run(() => void sql.restart.run(id, step)),
    clearChanged: (id) => transact.run(() => void sql.clearChanged.run(id)),
    settleStep: (id, { step, page, mark, at }) => {
      if (page === null) sql.close.run({ id, step, mark, at });
      else sql.turn.run({ id, step, page });
    },
  };
}
