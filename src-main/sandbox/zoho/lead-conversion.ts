import { z } from "zod";
import { toJsonAnswer } from "../core/message.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { toRecordName } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { invalidData, invalidId, Refusal } from "./refusal.ts";
import { withFullName } from "./record-plan.ts";
import { withChanges } from "./record-writer.ts";
import { param, parseBody, route, type ZohoRoute } from "./zoho-call.ts";
import { toWholeSecond, type Values, type ZohoRecord } from "./zoho-record.ts";

const target = z.union([z.string(), z.looseObject({ id: z.string() })]);
const convertBody = z.looseObject({
  data: z
    .array(
      z.looseObject({
        Contacts: target.optional(),
        Accounts: target.optional(),
        Deals: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(1),
});

type Targets = {
  readonly contact: ZohoRecord;
  readonly account: ZohoRecord | undefined;
  readonly deal: ZohoRecord | undefined;
};

/** `POST /Leads/{id}/actions/convert`: the lead becomes a contact, its company an account, and perhaps a deal. */
export function conversionRoutes(org: Org, writer: RecordWriter): readonly ZohoRoute[] {
  const access = {
    scopes: ["ZohoCRM.modules.Leads.UPDATE", "ZohoCRM.modules.Contacts.CREATE"],
    right: { module: "Leads", permission: "edit" },
  } as const;
  return [
    route(
      "POST",
      "/crm/:version/Leads/:id/actions/convert",
      () => access,
      (call) => {
        const lead = org.records.live("Leads", param(call, "id"));
        if (lead === undefined || org.records.isHidden(lead)) throw invalidId();
        if (lead.conversion !== undefined)
          throw new Refusal(400, "ID_ALREADY_CONVERTED", "id already converted", { id: lead.id });
        const [wanted = {}] = parseBody(call, convertBody).data;
        const targets = convertLead(org, writer, lead, wanted);
        const named = (record: ZohoRecord | undefined): object | null =>
          record === undefined ? null : { name: toRecordName(record), id: record.id };
        const details = {
          Contacts: named(targets.contact),
          Accounts: named(targets.account),
          Deals: named(targets.deal),
        };
        const message = "The record has been converted successfully";
        return toJsonAnswer(200, { data: [{ code: "SUCCESS", details, message, status: "success" }] });
      },
    ),
  ];
}

type Wanted = z.output<typeof convertBody>["data"][number];

function convertLead(org: Org, writer: RecordWriter, lead: ZohoRecord, wanted: Partial<Wanted>): Targets {
  const actor = org.tokenUser();
  const make = (module: ModuleName, values: Values): ZohoRecord =>
    writer.store({ module, values, seModule: undefined, actor });
  const company = lead.values["Company"];
  const account =
    given(org, "Accounts", wanted.Accounts) ??
    (typeof company === "string"
      ? make("Accounts", pick(lead.values, { Owner: "Owner", Company: "Account_Name", Phone: "Phone" }))
      : undefined);
  const inherited = ["First_Name", "Last_Name", "Email", "Phone", "Mobile", "Title", "Description", "Owner"];
  const contact =
    given(org, "Contacts", wanted.Contacts) ??
    make("Contacts", {
      ...withFullName(pick(lead.values, Object.fromEntries(inherited.map((name) => [name, name])))),
      ...(account === undefined ? {} : { Account_Name: account.id }),
    });
  const links = {
    Contact_Name: contact.id,
    Owner: lead.values["Owner"] ?? actor.id,
    ...(account === undefined ? {} : { Account_Name: account.id }),
  };
  const deal = wanted.Deals === undefined ? undefined : make("Deals", { ...withChanges({}, wanted.Deals), ...links });
  const conversion = {
    contactId: contact.id,
    accountId: account?.id,
    dealId: deal?.id,
    at: toWholeSecond(org.clock.now()),
    by: actor,
  };
  writer.change(lead, { conversion }, actor);
  moveActivities(org, lead, { contact, account, deal });
  return { contact, account, deal };
}

/** Calls and tasks with the lead go over to the contact, and to the deal or else the account; notes to the contact. */
function moveActivities(org: Org, lead: ZohoRecord, { contact, account, deal }: Targets): void {
  const related = deal ?? account;
  for (const module of ["Calls", "Tasks"] as const) {
    for (const activity of org.records.current(module).iterate()) {
      if (!hangsOn(activity, "What_Id", lead)) continue;
      const { What_Id: _lead, ...values } = activity.values;
      const moved = related === undefined ? {} : { What_Id: related.id };
      org.records.put({ ...activity, values: { ...values, ...moved, Who_Id: contact.id }, seModule: related?.module });
    }
  }
  for (const note of org.records.current("Notes").iterate()) {
    if (!hangsOn(note, "Parent_Id", lead)) continue;
    org.records.put({ ...note, values: { ...note.values, Parent_Id: contact.id }, seModule: "Contacts" });
  }
}

function hangsOn({ deleted, seModule, values }: ZohoRecord, field: string, lead: ZohoRecord): boolean {
  return deleted === undefined && seModule === "Leads" && values[field] === lead.id;
}

/** An existing record that the caller names. Throws a `Refusal` where it is not there. */
function given(org: Org, module: ModuleName, named: z.output<typeof target> | undefined): ZohoRecord | undefined {
  if (named === undefined) return undefined;
  const record = org.records.live(module, typeof named === "string" ? named : named.id);
  if (record === undefined) throw invalidData({ api_name: module, json_path: `$.data[0].${module}` });
  return record;
}

function pick(values: Values, names: Readonly<Record<string, string>>): Values {
  return Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) => {
      const value = values[from];
      return value === undefined ? [] : [[to, value]];
    }),
  );
}
