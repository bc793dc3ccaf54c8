import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { checkRight } from "./access-rights.ts";
import { limitParam, objectParam, param, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { associationSpec, toAssociationType } from "./link-input.ts";
import { toDirectedRows, toLabelledPair, toLinkedRecords, toPage } from "./link-wire.ts";
import type { ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { requireRecord } from "./record-finder.ts";
import { checkLinkEnd, checkUnlocked, linkRecords } from "./record-links.ts";
import { invalid } from "./refusal.ts";

const maxPage = 500;

/** Links of one record: read, made with or without a label, removed. All but the reads are idempotent. */
export function linkRoutes(portal: Portal): readonly HubRoute[] {
  const base = "/crm/objects/:version/:from/:fromId/associations";
  return [
    route("GET", `${base}/:to`, "link-read", (call) => listLinks(portal, call)),
    route("PUT", `${base}/default/:to/:toId`, "link-write", (call) => linkByDefault(portal, call)),
    route("PUT", `${base}/:to/:toId`, "link-write", (call) => linkByTypes(portal, call)),
    route("DELETE", `${base}/:to/:toId`, "link-write", (call) => unlinkAll(portal, call)),
  ];
}

export type LinkEnds = {
  readonly from: ObjectName;
  readonly fromId: string;
  readonly to: ObjectName;
  readonly toId: string;
};

/** Checks rights, existence and locks of both ends. Throws a `Refusal`. */
export function checkEnds(portal: Portal, { from, fromId, to, toId }: LinkEnds): void {
  const config = portal.config.current();
  checkRight(config, from, "edit");
  checkRight(config, to, "edit");
  requireRecord(portal, from, { id: fromId });
  checkUnlocked(config.lockedRecords, from, fromId);
  checkLinkEnd(portal, to, toId);
}

export function endsOf(call: HubCall): LinkEnds {
  return {
    from: objectParam(call, "from"),
    fromId: param(call, "fromId"),
    to: objectParam(call, "to"),
    toId: param(call, "toId"),
  };
}

/** v3 answers ids and type names; v4 and the dated versions answer type ids and labels. */
function listLinks(portal: Portal, call: HubCall): SandboxAnswer {
  const from = objectParam(call, "from");
  const to = objectParam(call, "to");
  checkRight(portal.config.current(), from, "read");
  const { id } = requireRecord(portal, from, { id: param(call, "fromId") });
  const after = Number(call.request.query.get("after") ?? 0);
  if (!Number.isInteger(after) || after < 0) throw invalid("The paging cursor is not valid.");
  const { results, next } = toPage(toLinkedRecords(portal, from, id, to), limitParam(call, maxPage, maxPage), after);
  const link = `https://api.hubapi.com${call.request.path}?after=${next}`;
  const paging = next === undefined ? {} : { paging: { next: { after: next, link } } };
  const shown =
    call.version === "v3"
      ? results.map(({ toObjectId }) => ({ id: toObjectId, type: portal.types.unlabelled(from, to).name }))
      : results;
  return toJsonAnswer(200, { results: shown, ...paging });
}

function linkByDefault(portal: Portal, call: HubCall): SandboxAnswer {
  const ends = endsOf(call);
  const type = portal.types.unlabelled(ends.from, ends.to);
  checkEnds(portal, ends);
  linkRecords(portal, type, ends.fromId, ends.toId);
  const time = new Date(portal.clock.now()).toISOString();
  return toJsonAnswer(200, {
    status: "COMPLETE",
    results: toDirectedRows(type, ends.fromId, ends.toId),
    startedAt: time,
    completedAt: time,
  });
}

function linkByTypes(portal: Portal, call: HubCall): SandboxAnswer {
  const ends = endsOf(call);
  const specs = parseBody(call, z.array(associationSpec).min(1));
  const types = specs.map((spec) => toAssociationType(portal, ends.from, spec, ends.to));
  checkEnds(portal, ends);
  for (const type of types) linkRecords(portal, type, ends.fromId, ends.toId);
  return toJsonAnswer(201, toLabelledPair(ends.from, ends.fromId, ends.to, ends.toId, types));
}

function unlinkAll(portal: Portal, call: HubCall): SandboxAnswer {
  const { from, fromId, to, toId } = endsOf(call);
  const config = portal.config.current();
  checkRight(config, from, "edit");
  checkUnlocked(config.lockedRecords, from, fromId);
  checkUnlocked(config.lockedRecords, to, toId);
  portal.graph.unlink(from, fromId, to, toId);
  return toEmptyAnswer(204);
}
