import { randomUUID } from "node:crypto";
import { z } from "zod";
import { notFound, param, parseV1, route, toData, toOffsetPage, type ApiCall, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { companyId, type Wire } from "./record-wire.ts";
import { sanitiseNote } from "./note-sanitiser.ts";

const commentBody = z.looseObject({ content: z.string().min(1) });

type Comment = {
  readonly uuid: string;
  readonly noteId: number;
  readonly content: string;
  readonly addedAt: number;
  readonly changedAt: number;
};

type Access = { readonly read: readonly string[]; readonly write: readonly string[] };

/** What users say to a note. `requireNote` throws the `Refusal` of a note that is gone. */
export function createNoteComments(
  company: Company,
  requireNote: (call: ApiCall) => { readonly id: number },
  { read, write }: Access,
): { readonly routes: readonly ApiRoute[]; readonly clear: () => void } {
  const saved = new Map<string, Comment>();
  const clean = (content: string): string => sanitiseNote(content, company.config.current().noteSanitiser);
  const find = (call: ApiCall): Comment => {
    const { id } = requireNote(call);
    const comment = saved.get(param(call, "commentId"));
    if (comment === undefined || comment.noteId !== id) throw notFound(company);
    return comment;
  };
  const save = (comment: Comment) => {
    saved.set(comment.uuid, comment);
    return toData(toWire(company, comment));
  };
  const at = "/v1/notes/:id/comments";
  return {
    routes: [
      route("GET", at, { cost: 20, scopes: read }, (call) => {
        const { id } = requireNote(call);
        const all = [...saved.values()].filter(({ noteId }) => noteId === id);
        const { page, additional } = toOffsetPage(call, all, 100, 500);
        const shown = page.map((comment) => toWire(company, comment));
        return toData(shown, 200, additional);
      }),
      route("POST", at, { cost: 10, scopes: write }, (call) => {
        const { id: noteId } = requireNote(call);
        const now = company.clock.now();
        const content = clean(parseV1(call, commentBody).content);
        return save({ uuid: randomUUID(), noteId, content, addedAt: now, changedAt: now });
      }),
      route("GET", `${at}/:commentId`, { cost: 2, scopes: read }, (call) => toData(toWire(company, find(call)))),
      route("PUT", `${at}/:commentId`, { cost: 10, scopes: write }, (call) => {
        const comment = find(call);
        const content = clean(parseV1(call, commentBody).content);
        return save({ ...comment, content, changedAt: company.clock.now() });
      }),
      route("DELETE", `${at}/:commentId`, { cost: 6, scopes: write }, (call) => {
        saved.delete(find(call).uuid);
        return toData(true);
      }),
    ],
    clear: () => saved.clear(),
  };
}

function toWire(company: Company, { uuid, noteId, content, addedAt, changedAt }: Comment): Wire {
  return {
    uuid,
    active_flag: true,
    add_time: new Date(addedAt).toISOString(),
    update_time: new Date(changedAt).toISOString(),
    company_id: companyId,
    content,
    object_id: String(noteId),
    object_type: "note",
    user_id: company.me(),
    updater_id: company.me(),
  };
}
