import { z } from "zod";
import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { objectParam, param, parseBody, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { toLabel } from "./link-wire.ts";
import type { Portal } from "./portal.ts";
import { notFound } from "./refusal.ts";

const createInput = z.object({
  label: z.string().min(1),
  name: z.string().min(1),
  inverseLabel: z.string().min(1).optional(),
});
const updateInput = z.object({
  associationTypeId: z.int(),
  label: z.string().min(1),
  inverseLabel: z.string().min(1).optional(),
});

/** The types of link between two objects, HubSpot's and the account's own labels. */
export function labelRoutes(portal: Portal): readonly HubRoute[] {
  const path = "/crm/associations/:version/:from/:to/labels";
  return [
    route("GET", path, "link-read", (call) => listLabels(portal, call)),
    route("POST", path, "link-write", (call) => createLabel(portal, call)),
    route("PUT", path, "link-write", (call) => renameLabel(portal, call)),
    route("DELETE", `${path}/:typeId`, "link-write", (call) => removeLabel(portal, call)),
  ];
}

function listLabels({ types }: Portal, call: HubCall): SandboxAnswer {
  const found = types.list(objectParam(call, "from"), objectParam(call, "to"));
  return toJsonAnswer(200, { results: found.map((type) => toLabel(type, type.typeId)) });
}

function createLabel({ types }: Portal, call: HubCall): SandboxAnswer {
  const { label, inverseLabel } = parseBody(call, createInput);
  const made = types.define(objectParam(call, "from"), objectParam(call, "to"), label, inverseLabel ?? label);
  return toJsonAnswer(200, { results: made.map((type) => toLabel(type, type.typeId)) });
}

function renameLabel({ types }: Portal, call: HubCall): SandboxAnswer {
  const { associationTypeId, label, inverseLabel } = parseBody(call, updateInput);
  const from = objectParam(call, "from");
  const to = objectParam(call, "to");
  const known = types.find(from, associationTypeId, to);
  if (known === undefined || !types.rename(from, associationTypeId, label))
    throw notFound(`Association type ${associationTypeId} does not exist.`);
  if (inverseLabel !== undefined) types.rename(to, known.inverseTypeId, inverseLabel);
  return toEmptyAnswer(204);
}

function removeLabel({ types }: Portal, call: HubCall): SandboxAnswer {
  const typeId = Number(param(call, "typeId"));
  if (!types.remove(objectParam(call, "from"), objectParam(call, "to"), typeId))
    throw notFound(`Association type ${param(call, "typeId")} does not exist.`);
  return toEmptyAnswer(204);
}
