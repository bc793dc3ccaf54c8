import { expect } from "vitest";
import type { Asked, Ending, ErrorCase, ErrorTable, Given, Injected, Office } from "./error-case.ts";

type Said = Pick<Injected, "status" | "body">;
/** A request, or how to come to one: what it names may have to be made first. */
export type Asking = Asked | ((office: Office) => Promise<Asked>);
type Access = Readonly<Record<string, string>>;

export type RowsOf = Readonly<{
  table: ErrorTable;
  /** The requests that write calls. */
  write: Pick<Injected, "method" | "path">;
  /** What the CRM says where there are too many requests. */
  busy: Said;
  /** How far time goes on whenever the engine waits long, ms. */
  stepMs: number;
}>;

const dayMs = 86_400_000;
const noMoreCalls = /takes no more calls for now/;

export const configured =
  (patch: object): Given =>
  ({ admin }) =>
    admin.configure(patch);

/** The app's sign-in, so that there is something to renew an access token with. */
export const app = ({ clientId, clientSecret, refreshToken }: Access) => ({ clientId, clientSecret, refreshToken });

const dead = (reason: string, says: RegExp): Ending => ({ state: "dead", reason, records: 0, says });

/** Deliveries wait until a person has done something about the account. */
export const blocks = (
  row: string,
  by: ErrorCase["by"],
  given: Given,
  blocked: string,
  says: RegExp,
): ErrorCase & { readonly given: Given } => ({
  row,
  by,
  given,
  ends: { state: "waiting", waitWhy: "auth", blocked, records: 0, says },
});

/** The same once the access token is over: the app's credential is put in the account's place and has to be renewed. */
export const blocksRenewal = (
  row: string,
  by: ErrorCase["by"],
  given: Given,
  blocked: string,
  says: RegExp,
  credential: NonNullable<ErrorCase["credential"]> = app,
): ErrorCase => ({
  ...blocks(
    row,
    by,
    async (office) => {
      await given(office);
      await office.admin.advance(3 * 3_600_000);
    },
    blocked,
    says,
  ),
  credential,
});

/** Rows that every vendor's table has, or rows of one kind: only the requests and the words differ. */
export function createErrorRows({ table, write, busy, stepMs }: RowsOf) {
  const answering =
    (said: Said, times?: number): Given =>
    ({ inject }) =>
      inject({ ...write, ...said, ...(times === undefined ? {} : { times }) });

  /** What the CRM answers to this request is put in the place of what it answers to ours; it must speak of `code`. */
  const replaying =
    (asking: Asking, code: string, { times, ...at }: Partial<Injected> = {}): Given =>
    async (office) => {
      const answer = await office.send(typeof asking === "function" ? await asking(office) : asking);
      expect(`${answer.status} ${answer.text}`).toContain(code);
      const body = answer.json ?? answer.text;
      await office.inject({ ...write, ...at, status: answer.status, body, ...(times === undefined ? {} : { times }) });
    };

  /** The first write is put off once, so that the CRM can change between the match and the write. */
  const holdBack: Given = ({ inject }) => inject({ ...write, ...busy, headers: { "retry-after": "1" }, times: 1 });

  const whileHeldBack = (row: string, change: Given, ends: Ending): ErrorCase => ({
    row,
    by: "state",
    given: holdBack,
    horizonMs: 60_000,
    until: noMoreCalls,
    afterwards: async (office) => {
      await change(office);
      await office.admin.advance(60_000);
      await office.sync();
    },
    ends,
  });

  const locked = ({ admin, personId }: Office) => admin.configure({ lockedRecords: { [table.people]: [personId] } });

  return {
    answering,
    replaying,
    holdBack,
    whileHeldBack,
    refused: (row: string, said: Said, reason: string, says: RegExp): ErrorCase => ({
      row,
      by: "injected",
      given: answering(said),
      ends: dead(reason, says),
    }),
    answered: (row: string, asking: Asking, reason: string, says: RegExp, code = row): ErrorCase => ({
      row,
      by: "answer",
      given: replaying(asking, code),
      ends: dead(reason, says),
    }),
    /** Our own mistake, as the CRM tells everybody who makes it. */
    mistaken: (row: string, asking: Asking, code = row): ErrorCase => ({
      row,
      by: "answer",
      given: replaying(asking, code),
      ends: dead("our_bug", /our mistake/),
    }),
    /** By the org's own state. */
    held: (row: string, patch: object, reason: string, says: RegExp): ErrorCase => ({
      row,
      by: "state",
      given: configured(patch),
      ends: dead(reason, says),
    }),
    /** After each of these answers nobody knows what was executed: it is looked for, and sent again as it is missing. */
    lostInTurn: (row: string, answers: readonly Said[]): ErrorCase => ({
      row: `${row}: ${answers.map(({ status }) => status).join(", ")} in turn`,
      by: "injected",
      given: ({ admin }) => admin.faults(answers.map((said) => ({ match: write, kind: "status", ...said, times: 1 }))),
      horizonMs: dayMs,
      stepMs,
      ends: {
        state: "delivered",
        records: 1,
        says: new RegExp(`(answer was lost[^]*does not have the call: it is sent again[^]*){${answers.length}}`),
      },
    }),
    lostEachTime: (): ErrorCase => ({
      row: "5xx, each time",
      by: "injected",
      given: answering({ status: 502, body: "" }),
      horizonMs: dayMs,
      stepMs,
      ends: dead("retries_exhausted", /failed each time we tried/),
    }),
    /** What this request is told where the CRM takes small ones only; ours is not smaller than it. */
    tooLarge: (row: string, asking: Asked, usual: number | null): ErrorCase => ({
      row,
      by: "answer",
      given: async (office) => {
        await office.admin.configure({ maxBodyBytes: 10 });
        await replaying(asking, "413")(office);
        await office.admin.configure({ maxBodyBytes: usual });
      },
      ends: dead("too_large", /larger than the CRM accepts/),
    }),
    /** Every request is one too many for a while. */
    crowded: (row: string, full: object, free: object): ErrorCase => ({
      row,
      by: "state",
      given: configured(full),
      horizonMs: dayMs,
      stepMs,
      until: /no more calls for now|Waits for room/,
      afterwards: async ({ admin, sync }) => {
        await admin.configure(free);
        await admin.advance(60_000);
        await sync();
      },
      ends: { state: "delivered", records: 1, says: /no more calls for now|Waits for room/ },
    }),
    /** One request too many, as the CRM tells a script that it refuses while it is `full`. */
    busy: (row: string, asking: Asked, code: string, full: object, free: object): ErrorCase => ({
      row,
      by: "answer",
      given: async (office) => {
        await office.admin.configure(full);
        await replaying(asking, code, { times: 1 })(office);
        await office.admin.configure(free);
      },
      horizonMs: 60_000,
      stepMs,
      ends: { state: "delivered", records: 1, says: noMoreCalls },
    }),
    cutOff: (): ErrorCase => ({
      row: "refused, DNS, TLS, proxy before the body left",
      by: "state",
      given: async ({ cutOff }) => cutOff(true),
      jitter: 0.5,
      horizonMs: dayMs,
      stepMs,
      until: /Waits/,
      afterwards: async ({ cutOff, sync }) => {
        cutOff(false);
        await sync();
      },
      ends: { state: "delivered", records: 1, says: /The wait is over: queued again/ },
    }),
    personGone: (row: string): ErrorCase =>
      whileHeldBack(row, ({ admin, personId }) => admin.remove(table.people, personId), {
        state: "waiting",
        waitWhy: "contact",
        records: 0,
        says: /is gone or was merged: matched again|Held: nobody/,
      }),
    ownRecordGone: (row: string): ErrorCase => ({
      row,
      by: "state",
      afterwards: async ({ admin, importCall, sync }) => {
        const [record] = await admin.records(table.calls);
        await admin.remove(table.calls, table.idOf(record ?? {}));
        await importCall({ seconds: 190 });
        await sync();
      },
      ends: dead("record_deleted", /Somebody deleted the call's record/),
    }),
    lockedForAWhile: (row: string): ErrorCase => ({
      row,
      by: "state",
      given: locked,
      horizonMs: 60_000,
      until: /the record is locked/,
      afterwards: async ({ admin, sync }) => {
        await admin.configure({ lockedRecords: {} });
        await sync();
      },
      ends: { state: "delivered", records: 1, says: /the record is locked\. Tried again by itself/ },
    }),
    lockedForEver: (row: string): ErrorCase => ({
      row,
      by: "state",
      given: locked,
      horizonMs: dayMs,
      stepMs: 3_000,
      ends: dead("record_locked", /kept the record locked for too long/),
    }),
  };
}
