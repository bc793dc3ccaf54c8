import { describe, expect, test } from "vitest";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { SandboxRecord } from "../../builders/sandbox-admin.ts";
import { type Office, startOffice } from "../../builders/office.ts";

const minuteMs = 60_000;
const number = "+447700900001";

type Case = Readonly<{
  crm: CrmType;
  calls: string;
  id: "id" | "Id";
  /** What a colleague changes of a call. */
  edit: object;
  edited: string;
  /** The same call once more, as only a mistake can put it there; null where the CRM refuses it. */
  copy: ((record: SandboxRecord) => object) | null;
  /** A setting of the CRM that lets it happen. */
  lax?: object;
}>;

const cases: readonly Case[] = [
  {
    crm: "hubspot",
    calls: "calls",
    id: "id",
    edit: { properties: { hs_call_title: "Mine" } },
    edited: "hs_call_title",
    copy: null,
  },
  {
    crm: "salesforce",
    calls: "Task",
    id: "Id",
    edit: { Subject: "Mine" },
    edited: "Subject",
    copy: null,
  },
  {
    crm: "zoho",
    calls: "Calls",
    id: "id",
    edit: { Subject: "Mine" },
    edited: "Subject",
    lax: { uniqueOnCalls: false },
    copy: (record) => ({ ...record, id: undefined }),
  },
  {
    crm: "pipedrive",
    calls: "activities",
    id: "id",
    edit: { subject: "Mine" },
    edited: "subject",
    copy: (record) => ({ subject: "Copy", type: "call", note: record["note"] }),
  },
];

async function lookInto(office: Office, each: Case): Promise<void> {
  const [crm] = office.crms;
  if (crm === undefined) throw new Error("nothing is connected");
  await crm.person("Alice Example", number);
  await office.pass(minuteMs);
  await office.importCalls([number, number, number]);
  expect(await office.sync()).toMatchObject({ delivered: 3 });
  const run = (kind: "read_back" | "copies") => office.call("checks:run", { id: null, kinds: [kind], sample: 50 });
  await office.pass(20 * minuteMs);
  expect(await run("read_back")).toMatchObject({
    checks: [{ kind: "read_back", checked: 3, findings: [], trouble: null }],
  });

  const records = await crm.admin.records(each.calls);
  const [first, second, third] = records.map((record) => String(record[each.id]));
  await crm.admin.remove(each.calls, first ?? "");
  await crm.admin.update(each.calls, second ?? "", each.edit);
  const answer = await run("read_back");
  expect(answer.checks[0]?.findings.map(({ kind }) => kind).toSorted()).toEqual(["edited", "gone"]);
  const edited = answer.checks[0]?.findings.find(({ kind }) => kind === "edited");
  expect(edited).toMatchObject({ remoteIds: [second], detail: expect.stringContaining(each.edited) });
  // Only of HubSpot does the sandbox tell where its pages would be.
  expect(edited?.links).toHaveLength(each.crm === "hubspot" ? 1 : 0);
  // What is gone is a dead letter, and nothing wrote it again.
  expect(await office.call("deadLetters:list", {})).toMatchObject({ groups: [{ reason: "record_deleted", count: 1 }] });
  expect(await crm.admin.records(each.calls)).toHaveLength(2);

  if (each.copy !== null) {
    if (each.lax !== undefined) await crm.admin.configure(each.lax);
    const copied = records.find((record) => String(record[each.id]) === third);
    await crm.admin.create(each.calls, each.copy(copied ?? {}));
  }
  await office.pass(20 * minuteMs);
  const { checks } = await run("copies");
  const copies = checks.flatMap(({ findings }) => findings);
  if (each.copy === null) expect(copies).toEqual([]);
  else {
    expect(copies).toMatchObject([{ kind: "copies", callId: expect.stringContaining("C-") }]);
    expect(copies[0]?.remoteIds).toContain(third);
    expect(copies[0]?.remoteIds).toHaveLength(2);
  }
  // Everything that was written is looked at once: the next audit begins where this one ended.
  expect(await run("copies")).toMatchObject({ checks: [{ checked: 0, findings: [] }] });
}

describe.concurrent("a look into the CRM", { timeout: 120_000 }, () => {
  test.each(cases)("$crm: finds what is gone, what was edited and what is there twice", async (each) => {
    const office = await startOffice({ crms: [each.crm], requestTimeoutMs: 20_000 });
    try {
      await expect(lookInto(office, each)).resolves.toBeUndefined();
    } finally {
      await office.close();
    }
  });
});
