import { parseJson } from "../../../src-shared/domain/json-text.ts";
import type { CrmAnswer, CrmRequest } from "../ports/connector.ts";
import type { HttpOutcome, HttpRequest } from "../ports/http.ts";

/** A request's body as it is sent; text goes as it is, and where there is none this is `null`. */
export const toBodyText = ({ body }: CrmRequest): string =>
  typeof body === "string" ? body : JSON.stringify(body ?? null);

/** One request to a CRM as HTTP, at the integration's address unless it names another origin. */
export function toHttpRequest(
  request: CrmRequest,
  baseUrl: string,
  bodyText = toBodyText(request),
): Pick<HttpRequest, "method" | "url" | "headers" | "body"> {
  const { method, path, origin, body } = request;
  const json = typeof body === "string" || body === undefined ? {} : { "content-type": "application/json" };
  return {
    method,
    url: `${origin ?? baseUrl.replace(/\/+$/, "")}${path}`,
    headers: { accept: "application/json", ...json, ...request.headers },
    ...(body === undefined ? {} : { body: bodyText }),
  };
}

/** What came of it: the JSON of an answer, and the server's time from its `Date` header, where it has them. */
export function toCrmAnswer(outcome: HttpOutcome): CrmAnswer {
  if (outcome.kind !== "answer") return outcome;
  const serverTimeMs = Date.parse(outcome.headers["date"] ?? "");
  return { ...outcome, json: parseJson(outcome.body), ...(Number.isNaN(serverTimeMs) ? {} : { serverTimeMs }) };
}
