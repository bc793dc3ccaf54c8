import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../src-main/connectors/http/undici-http.ts";
import type { Connector, Link, WriteItem, WriteOutcome } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import type { CrmAccount } from "../../src-shared/domain/integration.ts";
import { valuesOf } from "../../src-shared/domain/mapping.ts";
import { filterBody, type FilteredBody, type OwnershipContract } from "../../src-shared/domain/ownership.ts";
import { findClosedPort } from "../builders/raw-server.ts";
import type { SandboxAdmin } from "../builders/sandbox-admin.ts";
import { createUnpacedSession, pacedWaitMs, type UnpacedSession } from "../builders/unpaced-session.ts";
import { toUpdateItem } from "../builders/update-item.ts";

/** What the suite needs to know of a connector under test. */
export type ConnectorSubject = Readonly<{
  name: string;
  /** A sandbox of its own, empty. */
  start(): Promise<StartedSubject>;
}>;

export type StartedSubject = Readonly<{
  baseUrl: string;
  admin: SandboxAdmin;
  contract: OwnershipContract;
  connect(account: CrmAccount | null): Connector;
  /** Adds a person with this number as typed; the link to them. */
  addPerson(number: string): Promise<Link>;
  /** Live call records: our key and what each is linked to. */
  readCalls(): Promise<readonly Readonly<{ id: string; key: string; links: readonly string[] }>[]>;
  /** A field of ours, a value that the CRM refuses for it, and the reason. */
  badValue: Readonly<{ field: string; value: string; reason: string }>;
  /** Paths (patterns of the sandbox's faults) of the first write and of the read by key. */
  writePath: string;
  probePath: string;
  /** Method of the first write, where reads have the same path. */
  writeMethod?: string;
  /** The vendor has no batches: every call is a request of its own. */
  writesOneByOne?: boolean;
  /** Left out where the CRM tells a deleted record's key; a CRM that does not is asked by who wrote it. */
  tellsDeleted?: false;
  /** Refuses the credential from now on. */
  revoke(): Promise<void>;
  close(): Promise<void>;
}>;

const keyOf = (call: number): string => `cl_${String(call).padStart(26, "a")}`;

type Stage = Readonly<{ subject: StartedSubject; connector: Connector; session: UnpacedSession; http: Http }>;

const bodyOf = (
  { subject: { contract }, connector }: Stage,
  call: number,
  more: Record<string, string> = {},
): FilteredBody<"create"> => {
  const fields = contract.objects[connector.callObject]?.fields ?? {};
  const facts = {
    key: keyOf(call),
    callId: `pbx//${call}/20261120T091500Z`,
    system: "pbx",
    direction: "inbound",
    status: "answered",
    from: "+442079460958",
    to: "+442079460010",
    otherParty: "+442079460958",
    startedAt: String(Date.UTC(2026, 10, 20, 9, 15, call)),
    endedAt: String(Date.UTC(2026, 10, 20, 9, 18, call)),
    durationSeconds: "183",
    legs: "1",
  };
  const wanted = { ...valuesOf(fields, facts), ...more };
  return filterBody({ contract, object: connector.callObject, operation: "create", wanted }).body;
};

const create = (
  stage: Stage,
  call: number,
  links: readonly Link[] = [],
  more: Record<string, string> = {},
): WriteItem => ({
  key: keyOf(call),
  operation: "create",
  body: bodyOf(stage, call, more),
  remoteId: null,
  links,
});

const calls = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const outcomeOf = (outcomes: ReadonlyMap<string, WriteOutcome>, call: number): WriteOutcome => {
  const outcome = outcomes.get(keyOf(call));
  if (outcome === undefined) throw new Error(`call ${call} has no outcome`);
  return outcome;
};
const faultOf = (outcomes: ReadonlyMap<string, WriteOutcome>, call: number): string | undefined =>
  outcomeOf(outcomes, call).fault?.kind;

/** The promises that every connector keeps, proved against its vendor's sandbox over real HTTP. */
export function testConnector({ name, start }: ConnectorSubject): void {
  describe(`the ${name} connector`, () => {
    let stage: Stage;

    beforeEach(async () => {
      const subject = await start();
      const http = createUndiciHttp();
      const session = createUnpacedSession({ http, baseUrl: subject.baseUrl, timeoutMs: 2_000 });
      const set = await subject.connect(null).setup(session);
      if (!set.ok) throw new Error(`setup failed: ${JSON.stringify(set.fault)}`);
      const account = await subject.connect(null).check(session);
      if (!account.ok) throw new Error(`check failed: ${JSON.stringify(account.fault)}`);
      stage = { subject, http, session, connector: subject.connect(account.value) };
    });
    afterEach(async () => {
      await stage.http.close();
      await stage.subject.close();
    });

    const writeMatch = (): object => {
      const { writePath: path, writeMethod: method } = stage.subject;
      return method === undefined ? { path } : { path, method };
    };
    const readKeys = async (): Promise<readonly string[]> =>
      (await stage.subject.readCalls()).map(({ key }) => key).toSorted();
    const keysOf = (count: number): readonly string[] => calls(count).map(keyOf).toSorted();
    const probe = async (count: number) => {
      const found = await stage.connector.probe(stage.session, calls(count).map(keyOf), 0);
      if (!found.ok) throw new Error(`probe failed: ${JSON.stringify(found.fault)}`);
      return found.value;
    };

    test("sets up once, and finds what is there the second time", async () => {
      const again = await stage.connector.setup(stage.session);
      expect(again).toMatchObject({ ok: true, value: { created: [] } });
      expect(await stage.connector.check(stage.session)).toMatchObject({ ok: true });
    });

    test("writes every call once, with its key and its links", async () => {
      const person = await stage.subject.addPerson("+442079460958");
      const items = calls(3).map((call) => create(stage, call, [person]));
      const outcomes = await stage.connector.write(stage.session, items);
      const records = await stage.subject.readCalls();
      expect(records.map(({ key }) => key).toSorted()).toEqual(keysOf(3));
      for (const record of records) {
        expect(record.links).toEqual([person.id]);
        const outcome = outcomes.get(record.key);
        expect(outcome).toMatchObject({ fault: null, remoteId: record.id });
        expect(outcome?.done.toSorted()).toEqual([`link:${person.object}:${person.id}`, "record"]);
      }
    });

    test("writes no second record when the same write comes again", async () => {
      const items = calls(3).map((call) => create(stage, call));
      await stage.connector.write(stage.session, items);
      const again = await stage.connector.write(stage.session, [...items, create(stage, 4)]);
      expect(await readKeys()).toEqual(keysOf(4));
      for (const call of calls(3)) expect(["already_written", undefined]).toContain(faultOf(again, call));
      expect(outcomeOf(again, 4).fault).toBeNull();
    });

    test("every write names its steps before it is sent, and reads name none", async () => {
      const person = await stage.subject.addPerson("+442079460958");
      const before = stage.session.sent.length;
      await stage.connector.write(stage.session, [create(stage, 1, [person])]);
      await probe(1);
      const intents = stage.session.sent.slice(before).flatMap(({ request }) => request.intents);
      expect(intents).toEqual(
        expect.arrayContaining([
          { key: keyOf(1), step: "record" },
          { key: keyOf(1), step: `link:${person.object}:${person.id}` },
        ]),
      );
      expect(intents).toHaveLength(2);
    });

    test("finds what it wrote by key, in the form in which it wrote it, and says what is missing", async () => {
      const item = create(stage, 1);
      const outcomes = await stage.connector.write(stage.session, [item]);
      const findings = await probe(2);
      const found = findings.get(keyOf(1));
      if (found?.kind !== "found") throw new Error(`call 1 is ${found?.kind}`);
      expect(found.remoteId).toBe(outcomeOf(outcomes, 1).remoteId);
      expect(found.fields).toMatchObject(item.body ?? {});
      expect(findings.get(keyOf(2))).toEqual({ kind: "missing" });
    });

    test("tells a deleted record from a missing one", async () => {
      await stage.connector.write(stage.session, [create(stage, 1)]);
      const [record] = await stage.subject.readCalls();
      await stage.subject.admin.remove(stage.connector.callObject, record?.id ?? "");
      const told = stage.subject.tellsDeleted === false ? "missing" : "deleted";
      expect((await probe(2)).get(keyOf(1))?.kind).toBe(told);
      expect((await probe(2)).get(keyOf(2))?.kind).toBe("missing");
    });

    test("a refused call is told by its key and the others are written", async () => {
      const { field, value, reason } = stage.subject.badValue;
      const items = calls(5).map((call) => create(stage, call, [], call === 3 ? { [field]: value } : {}));
      const outcomes = await stage.connector.write(stage.session, items);
      expect(outcomeOf(outcomes, 3).fault).toMatchObject({ kind: "rejected", reason });
      for (const call of [1, 2, 4, 5]) expect(outcomeOf(outcomes, call).fault).toBeNull();
      expect(await readKeys()).toEqual([1, 2, 4, 5].map(keyOf).toSorted());
    });

    test("an answer that is lost after the commit is uncertain, and the read by key finds the calls", async () => {
      const { admin } = stage.subject;
      await stage.connector.check(stage.session);
      for (const kind of ["drop-after", "malformed"]) {
        await admin.faults([{ match: writeMatch(), kind, times: stage.subject.writesOneByOne === true ? 2 : 1 }]);
        const base = kind === "malformed" ? 10 : 0;
        const items = calls(2).map((call) => create(stage, base + call));
        const outcomes = await stage.connector.write(stage.session, items);
        for (const { key } of items) expect(outcomes.get(key)?.fault?.kind, kind).toBe("response_lost");
        const found = await stage.connector.probe(
          stage.session,
          items.map(({ key }) => key),
          0,
        );
        if (!found.ok) throw new Error("the probe failed");
        for (const { key } of items) expect(found.value.get(key)?.kind, kind).toBe("found");
      }
      expect(await readKeys()).toHaveLength(4);
    });

    test("a connection that is cut before the commit is uncertain too, and the read by key says missing", async () => {
      const { admin } = stage.subject;
      for (const kind of ["drop-before", "reset"]) {
        await admin.faults([{ match: writeMatch(), kind, times: 1 }]);
        const outcomes = await stage.connector.write(stage.session, [create(stage, 1)]);
        expect(faultOf(outcomes, 1), kind).toBe("response_lost");
        expect((await probe(1)).get(keyOf(1))?.kind, kind).toBe("missing");
      }
    });

    test.each([408, 500, 502, 503, 504])("a %i is uncertain, whatever its body", async (status) => {
      const { admin } = stage.subject;
      for (const body of ["<html>gateway</html>", ""]) {
        await admin.faults([{ match: writeMatch(), kind: "status", status, body, times: 1 }]);
        const outcomes = await stage.connector.write(stage.session, [create(stage, 1)]);
        expect(faultOf(outcomes, 1)).toBe("response_lost");
      }
      expect(await readKeys()).toEqual([]);
    });

    test("a refusal in a gateway's words is no refusal", async () => {
      const { admin } = stage.subject;
      await admin.faults([{ match: writeMatch(), kind: "status", status: 400, body: "<html>bad</html>" }]);
      expect(faultOf(await stage.connector.write(stage.session, [create(stage, 1)]), 1)).toBe("response_lost");
    });

    test("a CRM that cannot be reached got nothing", async () => {
      const session = createUnpacedSession({ http: stage.http, baseUrl: `http://127.0.0.1:${await findClosedPort()}` });
      const outcomes = await stage.connector.write(
        session,
        calls(2).map((call) => create(stage, call)),
      );
      for (const call of calls(2))
        expect(outcomeOf(outcomes, call)).toMatchObject({
          done: [],
          fault: { kind: "transient", proof: "never_left" },
        });
    });

    test("a read that fails is a fault of a read, never a lost answer", async () => {
      const { admin, probePath } = stage.subject;
      for (const kind of ["drop-after", "drop-before", "malformed"]) {
        await admin.faults([{ match: { path: probePath }, kind }]);
        const found = await stage.connector.probe(stage.session, [keyOf(1)], 0);
        expect(found, kind).toMatchObject({ ok: false, fault: { kind: "transient" } });
      }
    });

    test("a budget without room sends nothing, and keeps the steps that are done", async () => {
      const person = await stage.subject.addPerson("+442079460958");
      const written = await stage.connector.write(stage.session, [create(stage, 1)]);
      stage.session.allow(0);
      const held = await stage.connector.write(stage.session, [create(stage, 2)]);
      expect(outcomeOf(held, 2)).toMatchObject({ done: [], fault: { kind: "paced", waitMs: pacedWaitMs } });
      const remoteId = outcomeOf(written, 1).remoteId;
      const link: WriteItem = { key: keyOf(1), operation: "link", body: null, remoteId, links: [person] };
      expect(outcomeOf(await stage.connector.write(stage.session, [link]), 1).fault?.kind).toBe("paced");
      stage.session.allow(undefined);
      expect(outcomeOf(await stage.connector.write(stage.session, [link]), 1)).toMatchObject({ fault: null });
      expect(await stage.subject.readCalls()).toMatchObject([{ key: keyOf(1), links: [person.id] }]);
    });

    test("an update changes the record by its id; a record that is gone is told and never re-created", async () => {
      const outcomes = await stage.connector.write(
        stage.session,
        calls(2).map((call) => create(stage, call)),
      );
      const [kept, gone] = calls(2).map((call) => outcomeOf(outcomes, call).remoteId);
      await stage.subject.admin.remove(stage.connector.callObject, gone ?? "");
      const target = { contract: stage.subject.contract, object: stage.connector.callObject };
      const update = (call: number, remoteId: string | null | undefined): WriteItem =>
        toUpdateItem(target, create(stage, call), remoteId ?? null);
      const updated = await stage.connector.write(stage.session, [update(1, kept), update(2, gone)]);
      expect(outcomeOf(updated, 1)).toMatchObject({ fault: null, remoteId: kept, done: ["record"] });
      expect(outcomeOf(updated, 2).fault).toMatchObject({ kind: "rejected", reason: "record_deleted" });
      expect(await readKeys()).toEqual([keyOf(1)]);
    });

    test("links can be made again and again", async () => {
      const person = await stage.subject.addPerson("+442079460958");
      const written = await stage.connector.write(stage.session, [create(stage, 1)]);
      const item: WriteItem = {
        key: keyOf(1),
        operation: "link",
        body: null,
        remoteId: outcomeOf(written, 1).remoteId,
        links: [person],
      };
      for (let turn = 0; turn < 2; turn += 1) {
        const linked = await stage.connector.write(stage.session, [item]);
        expect(outcomeOf(linked, 1)).toMatchObject({ fault: null, done: [`link:${person.object}:${person.id}`] });
      }
      expect(await stage.subject.readCalls()).toMatchObject([{ links: [person.id] }]);
    });

    test("a person who is gone is told apart from a call that is gone", async () => {
      const person = await stage.subject.addPerson("+442079460958");
      const written = await stage.connector.write(stage.session, [create(stage, 1)]);
      await stage.subject.admin.remove(person.object, person.id);
      const remoteId = outcomeOf(written, 1).remoteId;
      const item: WriteItem = { key: keyOf(1), operation: "link", body: null, remoteId, links: [person] };
      const linked = await stage.connector.write(stage.session, [item, create(stage, 2, [person]), create(stage, 3)]);
      expect(outcomeOf(linked, 1).fault).toMatchObject({ kind: "rejected", reason: "person_deleted" });
      expect(outcomeOf(linked, 2).fault).toMatchObject({ kind: "rejected", reason: "person_deleted" });
      expect(outcomeOf(linked, 3).fault).toBeNull();
    });

    test("a revoked credential blocks the integration", async () => {
      await stage.subject.revoke();
      const outcomes = await stage.connector.write(stage.session, [create(stage, 1)]);
      expect(outcomeOf(outcomes, 1).fault).toMatchObject({ kind: "blocked", reason: "auth_revoked" });
      expect(await stage.connector.check(stage.session)).toMatchObject({ ok: false, fault: { kind: "blocked" } });
    });

    test("the credential is in no fault and in no answer", async () => {
      await stage.subject.revoke();
      const outcomes = await stage.connector.write(stage.session, [create(stage, 1)]);
      const headers = stage.session.sent.at(-1)?.request.headers ?? {};
      const token = (headers["authorization"] ?? headers["x-api-token"])?.split(" ").at(-1) ?? "none";
      expect(token.length).toBeGreaterThan(6);
      expect(JSON.stringify([...outcomes])).not.toContain(token);
    });

    test("requests of a kind cost what the vendor weighs, in windows that the connector knows", async () => {
      await stage.connector.people(stage.session, ["+442079460958"]);
      const known = new Set(stage.connector.windows(null).map((window) => window.name));
      for (const { request } of stage.session.sent) {
        expect(Object.keys(request.cost).length).toBeGreaterThan(0);
        for (const window of Object.keys(request.cost)) expect(known).toContain(window);
      }
    });

    test("two items with one key are a bug, and nothing is sent", async () => {
      const before = stage.session.sent.length;
      await expect(stage.connector.write(stage.session, [create(stage, 1), create(stage, 1)])).rejects.toThrow(
        /share a key/,
      );
      expect(stage.session.sent).toHaveLength(before);
    });
  });
}
