import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import { connectorKinds, createConnector } from "../../../src-main/connectors/registry.ts";
import { parseContract } from "../../../src-main/engine/ownership/contract-file.ts";
import type { Connector } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { judgeWrite } from "../../../src-main/engine/sync/pre-validation.ts";
import { planWrite } from "../../../src-main/engine/sync/write-plan.ts";
import { type RunningSandbox, startSandbox } from "../../../src-main/sandbox/main.ts";
import type { CrmAccount, CrmType } from "../../../src-shared/domain/integration.ts";
import { type OwnershipContract, ownershipContract } from "../../../src-shared/domain/ownership.ts";
import { aDeliveryRow } from "../../builders/delivery-row.ts";
import { createSandboxAdmin, type SandboxAdmin } from "../../builders/sandbox-admin.ts";
import { realClock } from "../../builders/sync-rig.ts";
import { type ContractFields, type ToldRefusal, toldRefusals } from "../../builders/told-refusals.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

/** A default contract as a case changes it. */
function readContract(crm: CrmType, object: string, change: ToldRefusal["contract"]): OwnershipContract {
  const parsed = parseContract(connectorKinds[crm]?.readDefaultContract({}) ?? "");
  if (!parsed.ok) throw new Error("the default contract does not parse");
  const contract = structuredClone(parsed.value) as OwnershipContract & {
    objects: Record<string, { fields: ContractFields }>;
  };
  change?.(contract.objects[object]?.fields ?? {});
  return ownershipContract.parse(contract);
}

describe.each(Object.entries(toldRefusals))("%s", (name, { object, cases }) => {
  const crm = name as CrmType;
  let sandbox: RunningSandbox;
  let admin: SandboxAdmin;
  let http: Http;
  let session: UnpacedSession;
  let account: CrmAccount;
  let calls = 0;

  const open = (contract: OwnershipContract, known: CrmAccount | null, settings = {}): Connector =>
    createConnector(crm, {
      credential: () => Promise.resolve({ ok: true, value: { token: sandbox[crm]?.token ?? "" } }),
      settings,
      contract,
      account: known,
      baseUrl: sandbox[crm]?.baseUrl ?? null,
      clock: realClock,
    });

  beforeAll(async () => {
    sandbox = await startSandbox();
    admin = createSandboxAdmin(sandbox.admin, crm);
    http = createUndiciHttp();
    session = createUnpacedSession({ http, baseUrl: sandbox[crm]?.baseUrl ?? "" });
    const connector = open(readContract(crm, object, undefined), null);
    const set = await connector.setup(session);
    const checked = await connector.check(session);
    if (!set.ok || !checked.ok) throw new Error(`the sandbox is not ready: ${JSON.stringify([set, checked])}`);
    account = checked.value;
  });
  afterAll(async () => {
    await http.close();
    await sandbox.close();
  });
  afterEach(async () => {
    for (const { mended } of cases) if (mended !== undefined) await admin.configure(mended);
  });

  /** A new call under a contract: what is found against it, and what the CRM says when it is sent all the same. */
  async function tryCall(contract: OwnershipContract) {
    // Every request finds its window empty.
    await admin.advance(60_000);
    const connector = open(contract, account);
    const known = await connector.schema(session);
    if (!known.ok) throw new Error(`no schema: ${JSON.stringify(known.fault)}`);
    const schema = known.value.find((each) => each.object === connector.callObject) ?? null;
    const key = `cl_${String((calls += 1)).padStart(26, "a")}`;
    const { call } = aDeliveryRow();
    const row = aDeliveryRow({ match: null, call: { ...call, logId: "C-1" } });
    const { item } = planWrite(row, { contract, object, key, ownerId: null, schema });
    const problems = judgeWrite(item, schema, crm);
    const outcome = (await connector.write(session, [item])).get(key);
    return { problems, fault: outcome?.fault ?? null };
  }

  test.each(cases)(
    "$what: told before it is sent, refused where it is sent, and well once it is mended",
    async (each) => {
      if (each.broken !== undefined) await admin.configure(each.broken);
      const changed = readContract(crm, object, each.contract);
      const broken = await tryCall(changed);
      expect(broken.problems).toEqual([expect.objectContaining({ reason: each.reason, field: each.field })]);
      expect(broken.fault).not.toBeNull();

      if (each.mended !== undefined) await admin.configure(each.mended);
      const mended = await tryCall(each.mended === undefined ? readContract(crm, object, undefined) : changed);
      expect(mended).toEqual({ problems: [], fault: null });
    },
  );

  if (crm === "hubspot" || crm === "salesforce") return;
  test("what only a form requires counts, unless the setting requiredInForms is off", async () => {
    const field = crm === "zoho" ? "Call_Agenda" : "public_description";
    await admin.configure({ requiredFields: { [object]: [field] } });
    await admin.advance(60_000);
    const requiredUnder = async (settings: object): Promise<string | undefined> => {
      const known = await open(readContract(crm, object, undefined), account, settings).schema(session);
      return known.ok ? known.value[0]?.fields.find(({ name: each }) => each === field)?.required : undefined;
    };
    expect(await requiredUnder({})).toBe("form");
    expect(await requiredUnder({ requiredInForms: "on" })).toBe("form");
    expect(await requiredUnder({ requiredInForms: "off" })).toBe("no");
  });
});
