import { z } from "zod";
import { toJsonAnswer } from "../core/message.ts";
import { jsonBody, notFound, param, route, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { companyId, type Wire } from "./record-wire.ts";

const webhookBody = z.looseObject({
  subscription_url: z.url({ protocol: /^https?$/ }),
  event_action: z.enum(["create", "change", "delete", "*"]),
  event_object: z.enum([
    "activity",
    "deal",
    "lead",
    "note",
    "organization",
    "person",
    "pipeline",
    "product",
    "stage",
    "user",
    "*",
  ]),
  name: z.string().min(1).max(255),
  version: z.enum(["1.0", "2.0"]).optional(),
});

/** A user has no more than these. */
const maxWebhooks = 40;

/** Subscriptions are kept, not served: an agent behind a firewall polls. */
export function createWebhooks(company: Company): { readonly routes: readonly ApiRoute[]; readonly clear: () => void } {
  const saved = new Map<string, Wire>();
  let serial = 0;
  const scopes = ["admin"];
  const routes = [
    route("GET", "/v1/webhooks", { cost: 10, scopes }, () =>
      toJsonAnswer(200, { status: "ok", success: true, data: [...saved.values()] }),
    ),
    route("POST", "/v1/webhooks", { cost: 10, scopes }, (call) => {
      const body = webhookBody.safeParse(jsonBody(call));
      if (!body.success)
        return refuse(400, String(body.error.issues[0]?.path[0] ?? "body"), body.error.issues[0]?.message);
      if (saved.size >= maxWebhooks) return refuse(422, "subscription_url", "the limit of webhooks is reached");
      serial += 1;
      const time = new Date(company.clock.now()).toISOString();
      const webhook = {
        id: serial,
        company_id: companyId,
        owner_id: company.me(),
        user_id: company.me(),
        version: "2.0",
        ...body.data,
        is_active: 1,
        add_time: time,
        remove_time: null,
        type: "general",
      };
      saved.set(String(serial), webhook);
      return toJsonAnswer(201, { status: "ok", success: true, data: webhook });
    }),
    route("DELETE", "/v1/webhooks/:id", { cost: 6, scopes }, (call) => {
      if (!saved.delete(param(call, "id"))) throw notFound(company);
      return toJsonAnswer(200, { status: "ok", success: true });
    }),
  ];
  return {
    routes,
    clear: () => {
      saved.clear();
      serial = 0;
    },
  };
}

function refuse(status: number, field: string, message = "is not valid") {
  return toJsonAnswer(status, { status: "error", success: false, errors: { [field]: [message] } });
}
