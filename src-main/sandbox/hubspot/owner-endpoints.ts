import type { AccountUser } from "../core/account-configuration.ts";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { flagParam, limitParam, param, route, type HubCall, type HubRoute } from "./hub-call.ts";
import { toPage } from "./link-wire.ts";
import type { Portal } from "./portal.ts";
import { toUserId } from "./property-history.ts";
import { notFound } from "./refusal.ts";

/** The account's users as owners of records. An owner's id is not the user's. */
export function ownerRoutes(portal: Portal): readonly HubRoute[] {
  return [
    route("GET", "/crm/owners/:version", "owners", (call) => listOwners(portal, call)),
    route("GET", "/crm/owners/:version/:ownerId", "owners", (call) => readOwner(portal, call)),
  ];
}

const accountMadeAt = "2024-01-15T09:00:00.000Z";

function toOwner({ id, name, email, active }: AccountUser): object {
  const [firstName = "", ...rest] = name.split(" ");
  const userId = toUserId(id);
  return {
    id,
    email,
    type: "PERSON",
    firstName,
    lastName: rest.join(" "),
    userIdIncludingInactive: userId,
    ...(active ? { userId } : {}),
    createdAt: accountMadeAt,
    updatedAt: accountMadeAt,
    archived: !active,
  };
}

function listOwners({ config }: Portal, call: HubCall): SandboxAnswer {
  const email = call.request.query.get("email")?.toLowerCase();
  const archived = flagParam(call, "archived");
  const users = config
    .current()
    .users.filter((user) => user.active !== archived && (email === undefined || user.email.toLowerCase() === email));
  const { results, next } = toPage(users, limitParam(call, 100, 500), Number(call.request.query.get("after") ?? 0));
  return toJsonAnswer(200, {
    results: results.map(toOwner),
    ...(next === undefined ? {} : { paging: { next: { after: next, link: `?after=${next}` } } }),
  });
}

function readOwner({ config }: Portal, call: HubCall): SandboxAnswer {
  const wanted = param(call, "ownerId");
  const byUser = call.request.query.get("idProperty") === "userId";
  const archived = flagParam(call, "archived");
  const found = config
    .current()
    .users.find((user) => (byUser ? String(toUserId(user.id)) : user.id) === wanted && user.active !== archived);
  if (found === undefined) throw notFound(`Owner ${wanted} does not exist.`);
  return toJsonAnswer(200, toOwner(found));
}
