import { createUndiciHttp } from "../../src-main/connectors/http/undici-http.ts";
import { createMirror } from "../../src-main/engine/mirror/mirror.ts";
import type { Connector } from "../../src-main/engine/ports/connector.ts";
import type { Mirror, MirrorAsk } from "../../src-main/engine/ports/mirror.ts";
import type { CrmType, Integration } from "../../src-shared/domain/integration.ts";
import type { ConnectorSubject, StartedSubject } from "../contract/connector-suite.ts";
import { anIntegration, createLedger, type Ledger } from "./ledger.ts";
import { createUnpacedSession, type UnpacedSession } from "./unpaced-session.ts";
import { sandboxLimits } from "./wide-limits.ts";

/** How each CRM names what the tests of the copy need. */
export type CrmWords = Readonly<{
  crm: CrmType;
  person: string;
  company: string;
  deal: string;
  /** Fields of a person for the administration. */
  toPerson(ask: Readonly<{ name: string; phone: string; mobile?: string; company?: string; owner?: string }>): object;
  toCompany(ask: Readonly<{ name: string; phone?: string }>): object;
  toDeal(ask: Readonly<{ name: string; person: string; owner?: string; isOpen: boolean }>): object;
  /** Changes that close a deal. */
  closed: object;
  /** Changes that give a person another number. */
  toPhone(phone: string): object;
}>;

export const crmWords: Readonly<Record<CrmType, CrmWords>> = {
  hubspot: {
    crm: "hubspot",
    person: "contacts",
    company: "companies",
    deal: "deals",
    toPerson: ({ name, phone, mobile, company, owner }) => ({
      firstname: name,
      phone,
      ...(mobile === undefined ? {} : { mobilephone: mobile }),
      ...(owner === undefined ? {} : { hubspot_owner_id: owner }),
      ...(company === undefined ? {} : { associations: { companies: [company] } }),
    }),
    toCompany: ({ name, phone }) => ({ name, ...(phone === undefined ? {} : { phone }) }),
    toDeal: ({ name, person, owner, isOpen }) => ({
      dealname: name,
      pipeline: "default",
      dealstage: isOpen ? "qualifiedtobuy" : "closedwon",
      ...(owner === undefined ? {} : { hubspot_owner_id: owner }),
      associations: { contacts: [person] },
    }),
    closed: { dealstage: "closedlost" },
    toPhone: (phone) => ({ phone }),
  },
  salesforce: {
    crm: "salesforce",
    person: "Contact",
    company: "Account",
    deal: "Opportunity",
    toPerson: ({ name, phone, mobile, company, owner }) => ({
      LastName: name,
      Phone: phone,
      ...(mobile === undefined ? {} : { MobilePhone: mobile }),
      ...(owner === undefined ? {} : { OwnerId: owner }),
      ...(company === undefined ? {} : { AccountId: company }),
    }),
    toCompany: ({ name, phone }) => ({ Name: name, ...(phone === undefined ? {} : { Phone: phone }) }),
    toDeal: ({ name, person, owner, isOpen }) => ({
      Name: name,
      StageName: isOpen ? "Prospecting" : "Closed Won",
      CloseDate: "2026-12-31",
      AccountId: person,
      ...(owner === undefined ? {} : { OwnerId: owner }),
    }),
    closed: { StageName: "Closed Lost" },
    toPhone: (phone) => ({ Phone: phone }),
  },
  zoho: {
    crm: "zoho",
    person: "Contacts",
    company: "Accounts",
    deal: "Deals",
    toPerson: ({ name, phone, mobile, company, owner }) => ({
      Last_Name: name,
      Phone: phone,
      ...(mobile === undefined ? {} : { Mobile: mobile }),
      ...(owner === undefined ? {} : { Owner: owner }),
      ...(company === undefined ? {} : { Account_Name: company }),
    }),
    toCompany: ({ name, phone }) => ({ Account_Name: name, ...(phone === undefined ? {} : { Phone: phone }) }),
    toDeal: ({ name, person, owner, isOpen }) => ({
      Deal_Name: name,
      Stage: isOpen ? "Qualification" : "Closed Won",
      Contact_Name: person,
      ...(owner === undefined ? {} : { Owner: owner }),
    }),
    closed: { Stage: "Closed Lost" },
    toPhone: (phone) => ({ Phone: phone }),
  },
  pipedrive: {
    crm: "pipedrive",
    person: "persons",
    company: "organizations",
    deal: "deals",
    toPerson: ({ name, phone, mobile, company, owner }) => ({
      name,
      phones: [{ value: phone, primary: true }, ...(mobile === undefined ? [] : [{ value: mobile }])],
      ...(owner === undefined ? {} : { owner_id: Number(owner) }),
      ...(company === undefined ? {} : { org_id: Number(company) }),
    }),
    toCompany: ({ name }) => ({ name }),
    toDeal: ({ name, person, owner, isOpen }) => ({
      title: name,
      status: isOpen ? "open" : "won",
      person_id: Number(person),
      ...(owner === undefined ? {} : { owner_id: Number(owner) }),
    }),
    closed: { status: "lost" },
    toPhone: (phone) => ({ phones: [{ value: phone, primary: true }] }),
  },
};

export type MirrorStage = Readonly<{
  subject: StartedSubject;
  words: CrmWords;
  ledger: Ledger;
  integration: Integration;
  connector: Connector;
  session: UnpacedSession;
  mirror: Mirror;
  ask: MirrorAsk;
  /** Brings the copy up to date, later by the clock of this PC and of the CRM. */
  refresh(): Promise<void>;
  create(object: string, fields: object): Promise<string>;
  close(): Promise<void>;
}>;

/** A CRM's sandbox with the copy of it in a real ledger, over real HTTP and without a budget. */
export async function startMirror({ start }: ConnectorSubject, words: CrmWords): Promise<MirrorStage> {
  const subject = await start();
  // The session here has no budget that would wait for a limit.
  await subject.admin.configure(sandboxLimits[words.crm]);
  const http = createUndiciHttp();
  const session = createUnpacedSession({ http, baseUrl: subject.baseUrl, timeoutMs: 30_000 });
  const set = await subject.connect(null).setup(session);
  if (!set.ok) throw new Error(`setup failed: ${JSON.stringify(set.fault)}`);
  const checked = await subject.connect(null).check(session);
  if (!checked.ok) throw new Error(`check failed: ${JSON.stringify(checked.fault)}`);
  const connector = subject.connect(checked.value);
  const ledger = createLedger();
  ledger.store.tenants.ensure("acme", ledger.clock.now());
  const integration = anIntegration(ledger, { crm: words.crm, settings: { country: "GB" } });
  const mirror = createMirror({ store: ledger.store.mirror, clock: ledger.clock });
  const ask: MirrorAsk = { integration, connector, session, serverNow: () => Date.now() };
  return {
    subject,
    words,
    ledger,
    integration,
    connector,
    session,
    mirror,
    ask,
    refresh: async () => {
      ledger.clock.jumpWall(2 * 3_600_000);
      const fault = await mirror.refresh(ask, ledger.clock.now());
      if (fault !== null) throw new Error(`the reading failed: ${JSON.stringify(fault)}`);
    },
    create: async (object, fields) => {
      const made = await subject.admin.create(object, fields);
      return String(made["id"] ?? made["Id"]);
    },
    close: async () => {
      ledger.dispose();
      await http.close();
      await subject.close();
    },
  };
}
