import { z } from "zod";
import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { jsonBody, param, requireRecord, route, toData, type ApiCall, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { toIsoSeconds } from "./company-record.ts";
import { scopeFamily, type CoreObject } from "./object-types.ts";
import { badRequest, schemaRefusal } from "./refusal.ts";

const followed = ["persons", "organizations", "deals"] as const satisfies readonly CoreObject[];
type Followed = (typeof followed)[number];
const body = z.looseObject({ user_id: z.int().positive() });

type Follower = { readonly object: Followed; readonly id: string; readonly userId: number; readonly at: number };
type Change = Follower & { readonly action: "added" | "removed"; readonly actor: number };

/** Who follows a person, an organization or a deal, and who began and ended to. */
export function createFollowers(company: Company): {
  readonly routes: readonly ApiRoute[];
  readonly clear: () => void;
} {
  let followers: readonly Follower[] = [];
  let changes: readonly Change[] = [];
  const of = (object: Followed, id: string): readonly Follower[] =>
    followers.filter((each) => each.object === object && each.id === id);
  const note = (follower: Follower, action: Change["action"]): void => {
    changes = [...changes, { ...follower, action, actor: company.me(), at: company.clock.now() }];
  };
  const add = (object: Followed, call: ApiCall): SandboxAnswer => {
    const { id } = requireRecord(company, object, param(call, "id"), "current");
    const parsed = body.safeParse(jsonBody(call));
    if (!parsed.success) throw schemaRefusal("user_id", "must be the id of a user");
    const { user_id: userId } = parsed.data;
    const isUser = company.config.current().users.some((user) => user.active && user.id === String(userId));
    if (!isUser) throw badRequest(`user_id: user ${userId} does not exist or is not active`);
    const known = of(object, id).find((each) => each.userId === userId);
    const follower = known ?? { object, id, userId, at: company.clock.now() };
    if (known === undefined) {
      followers = [...followers, follower];
      note(follower, "added");
    }
    return toData(toWire(follower), company.config.current().createStatus);
  };
  const remove = (object: Followed, call: ApiCall): SandboxAnswer => {
    const { id } = requireRecord(company, object, param(call, "id"), "current");
    const gone = of(object, id).find(({ userId }) => String(userId) === param(call, "userId"));
    if (gone === undefined) throw badRequest(`user ${param(call, "userId")} does not follow this record`);
    followers = followers.filter((each) => each !== gone);
    note(gone, "removed");
    return toData({ user_id: gone.userId });
  };
  const routesOf = (object: Followed): readonly ApiRoute[] => {
    const at = `/api/v2/${object}/:id/followers`;
    const read = [`${scopeFamily[object]}:read`];
    const full = [`${scopeFamily[object]}:full`];
    return [
      route("GET", at, { cost: 10, scopes: read }, (call) =>
        toList(of(object, requireRecord(company, object, param(call, "id"), "shown").id).map(toWire)),
      ),
      route("GET", `${at}/changelog`, { cost: 10, scopes: read }, (call) => {
        const { id } = requireRecord(company, object, param(call, "id"), "shown");
        return toList(changes.filter((each) => each.object === object && each.id === id).map(toWireChange));
      }),
      route("POST", at, { cost: 5, scopes: full }, (call) => add(object, call)),
      route("DELETE", `${at}/:userId`, { cost: 3, scopes: full }, (call) => remove(object, call)),
    ];
  };
  return {
    routes: followed.flatMap(routesOf),
    clear: () => {
      followers = [];
      changes = [];
    },
  };
}

/** A page that is the last one, too. */
function toList(data: readonly object[]): SandboxAnswer {
  return toJsonAnswer(200, { success: true, data, additional_data: { next_cursor: null } });
}

function toWire({ userId, at }: Follower): object {
  return { user_id: userId, add_time: toIsoSeconds(at) };
}

function toWireChange({ action, actor, userId, at }: Change): object {
  return { action, actor_user_id: actor, follower_user_id: userId, time: toIsoSeconds(at) };
}
