import { z } from "zod";
import type { SandboxAnswer } from "../core/message.ts";
import {
  notFound,
  param,
  parseV1,
  requireRecord,
  route,
  toData,
  toOffsetPage,
  type ApiCall,
  type ApiRoute,
} from "./api-call.ts";
import type { Company } from "./company.ts";
import { toPlainTime } from "./company-record.ts";
import type { CoreObject } from "./object-types.ts";
import { createNoteComments } from "./note-comments.ts";
import { sanitiseNote } from "./note-sanitiser.ts";
import type { Wire } from "./record-wire.ts";
import { badRequest } from "./refusal.ts";

const reference = z.int().positive().nullish();
const links = { person_id: reference, org_id: reference, deal_id: reference };
const flag = z
  .union([z.literal(0), z.literal(1), z.boolean()])
  .transform(Boolean)
  .optional();
const pins = {
  pinned_to_deal_flag: flag,
  pinned_to_person_flag: flag,
  pinned_to_organization_flag: flag,
  pinned_to_lead_flag: flag,
};
const noteBody = z.looseObject({ content: z.string().min(1), lead_id: z.string().nullish(), ...links, ...pins });
const noteChange = noteBody.partial();
type Links = Pick<z.infer<typeof noteChange>, keyof typeof links | "lead_id">;
type Pins = Pick<z.infer<typeof noteChange>, keyof typeof pins>;
const pinNames = [
  "pinned_to_deal_flag",
  "pinned_to_person_flag",
  "pinned_to_organization_flag",
  "pinned_to_lead_flag",
] as const;

type Note = Links & {
  readonly pins: Pins;
  readonly id: number;
  readonly content: string;
  readonly userId: number;
  readonly addedAt: number;
  readonly changedAt: number;
  readonly isActive: boolean;
};

/** Which records a note may be attached to, and the names that the answer gives them. */
const targets: readonly (readonly [keyof typeof links, CoreObject, string, string])[] = [
  ["person_id", "persons", "person", "name"],
  ["org_id", "organizations", "organization", "name"],
  ["deal_id", "deals", "deal", "title"],
];
const scopes = ["deals:read", "contacts:read", "activities:read"];
const writeScopes = ["deals:full", "contacts:full", "activities:full"];

/** Notes of the first version: texts attached to persons, organizations, deals and leads. */
export function createNotes(
  company: Company,
  hasLead: (id: string) => boolean,
): { readonly routes: readonly ApiRoute[]; readonly clear: () => void } {
  const saved = new Map<number, Note>();
  let serial = 0;

  const requireNote = (call: ApiCall): Note => {
    const note = saved.get(Number(param(call, "id")));
    if (note === undefined || !note.isActive) throw notFound(company);
    return note;
  };
  const save = (note: Note): SandboxAnswer => {
    saved.set(note.id, note);
    return toData(toWire(company, note));
  };
  const create = (call: ApiCall): SandboxAnswer => {
    const body = parseV1(call, noteBody);
    checkLinks(company, hasLead, body);
    serial += 1;
    const now = company.clock.now();
    const content = sanitiseNote(body.content, company.config.current().noteSanitiser);
    const { person_id, org_id, deal_id, lead_id } = body;
    const known = { id: serial, userId: company.me(), addedAt: now, changedAt: now, isActive: true };
    return save({ ...known, content, person_id, org_id, deal_id, lead_id, pins: pickPins(body) });
  };
  const change = (call: ApiCall): SandboxAnswer => {
    const note = requireNote(call);
    const { content, ...body } = parseV1(call, noteChange);
    const changed = { pins: { ...note.pins, ...pickPins(body) }, changedAt: company.clock.now() };
    const next = { ...note, ...pickLinks(body), ...changed };
    checkLinks(company, hasLead, next);
    return save(
      content === undefined
        ? next
        : { ...next, content: sanitiseNote(content, company.config.current().noteSanitiser) },
    );
  };
  const list = (call: ApiCall): SandboxAnswer => {
    const { query } = call.request;
    const wanted = targets.flatMap(([name]) =>
      query.get(name) === null ? [] : [[name, Number(query.get(name))] as const],
    );
    const lead = query.get("lead_id");
    const all = [...saved.values()]
      .filter((note) => note.isActive && wanted.every(([name, id]) => note[name] === id))
      .filter(
        (note) => (lead === null || note.lead_id === lead) && pinNames.every((name) => fitsPin(note, name, query)),
      )
      .toSorted(toOrder(query.get("sort")));
    const { page, additional } = toOffsetPage(call, all, 100, 500);
    return toData(
      page.map((note) => toWire(company, note)),
      200,
      additional,
    );
  };
  const comments = createNoteComments(company, requireNote, { read: scopes, write: writeScopes });
  const routes = [
    ...comments.routes,
    route("GET", "/v1/notes", { cost: 20, scopes }, list),
    route("POST", "/v1/notes", { cost: 10, scopes: writeScopes }, create),
    route("GET", "/v1/notes/:id", { cost: 2, scopes }, (call) => toData(toWire(company, requireNote(call)))),
    route("PUT", "/v1/notes/:id", { cost: 10, scopes: writeScopes }, change),
    route("DELETE", "/v1/notes/:id", { cost: 6, scopes: writeScopes }, (call) => {
      save({ ...requireNote(call), isActive: false });
      return toData(true);
    }),
  ];
  return {
    routes,
    clear: () => {
      saved.clear();
      comments.clear();
      serial = 0;
    },
  };
}

const pickLinks = (body: Links): Links => ({
  ...Object.fromEntries(targets.flatMap(([name]) => (body[name] === undefined ? [] : [[name, body[name]]]))),
  ...(body.lead_id === undefined ? {} : { lead_id: body.lead_id }),
});

const pickPins = (body: Pins): Pins =>
  Object.fromEntries(pinNames.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));

function fitsPin({ pins: held }: Note, name: keyof Pins, query: URLSearchParams): boolean {
  const wanted = query.get(name);
  return wanted === null || (held[name] ?? false) === (wanted === "1" || wanted === "true");
}

/** `add_time DESC`, several of them after commas; without one the order in which notes were made. */
function toOrder(sort: string | null): (left: Note, right: Note) => number {
  const [field = "", direction = ""] = (sort ?? "").split(",")[0]?.trim().split(/\s+/) ?? [];
  const sign = direction.toUpperCase() === "DESC" ? -1 : 1;
  const valueOf = (note: Note): number =>
    field === "add_time" ? note.addedAt : field === "update_time" ? note.changedAt : note.id;
  return (left, right) => sign * (valueOf(left) - valueOf(right) || left.id - right.id);
}

function checkLinks(company: Company, hasLead: (id: string) => boolean, note: Links): void {
  const given = targets.flatMap(([name, object]) => {
    const id = note[name];
    return id === undefined || id === null ? [] : [[object, id] as const];
  });
  const lead = note.lead_id ?? undefined;
  if (given.length === 0 && lead === undefined)
    throw badRequest("Bad request: one of person_id, org_id, deal_id, lead_id is required");
  if (lead !== undefined && !hasLead(lead)) throw notFound(company);
  for (const [object, id] of given) requireRecord(company, object, String(id), "current");
}

function toWire(company: Company, note: Note): Wire {
  const names = targets.flatMap(([link, object, as, field]) => {
    const id = note[link];
    const record = id === undefined || id === null ? undefined : company.current(object).get(String(id));
    return record === undefined ? [] : [[as, { [field]: record.fields[field] ?? null }] as const];
  });
  return {
    id: note.id,
    user_id: note.userId,
    last_update_user_id: note.userId,
    content: note.content,
    ...Object.fromEntries(targets.map(([link]) => [link, note[link] ?? null])),
    ...Object.fromEntries(names),
    lead_id: note.lead_id ?? null,
    add_time: toPlainTime(note.addedAt),
    update_time: toPlainTime(note.changedAt),
    active_flag: note.isActive,
    ...Object.fromEntries(pinNames.map((name) => [name, note.pins[name] ?? false])),
  };
}
