import { randomUUID } from "node:crypto";
import { toJsonAnswer, toTextAnswer, type SandboxAnswer } from "../core/message.ts";

export type ErrorDetail = {
  readonly message: string;
  readonly code?: string;
  readonly in?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
};

export type RefusalDetails = {
  readonly subCategory?: string;
  readonly errors?: readonly ErrorDetail[];
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly links?: Readonly<Record<string, string>>;
};

/**
 * What HubSpot refuses, in its error envelope. Thrown, because a refusal ends the request (or its one item of a batch)
 * from any depth; the dispatcher and the batches are the only places that catch it.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly category: string;
  readonly details: RefusalDetails;

  constructor(status: number, category: string, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.category = category;
    this.details = details;
  }
}

export function toRefusalAnswer({ status, category, message, details }: Refusal): SandboxAnswer {
  return toJsonAnswer(status, { status: "error", message, correlationId: randomUUID(), category, ...details });
}

/** An item's error inside a 207: `context` says which inputs it is about. */
export function toBatchError(
  { category, message, details }: Refusal,
  context: Readonly<Record<string, readonly string[]>>,
): object {
  const { subCategory, errors = [], links = {} } = details;
  const sub = subCategory === undefined ? {} : { subCategory };
  return { status: "error", category, ...sub, message, errors, context: { ...details.context, ...context }, links };
}

export function invalid(message: string, details: RefusalDetails = {}): Refusal {
  return new Refusal(400, "VALIDATION_ERROR", message, details);
}

export function notFound(message = "resource not found", details: RefusalDetails = {}): Refusal {
  return new Refusal(404, "OBJECT_NOT_FOUND", message, details);
}

export function locked(): Refusal {
  return new Refusal(
    423,
    "LOCKED",
    "The resource is locked by another process. Wait at least 2 seconds before trying again.",
  );
}

export type PropertyError = { readonly name: string; readonly error: string; readonly message: string };

/** HubSpot puts the errors of a record's properties into the message, as JSON behind a sentence. */
export function toPropertyRefusal(
  problems: readonly PropertyError[],
  portalId: number,
  status: 400 | 409 = 400,
): Refusal {
  const embedded = problems.map(({ name, error, message }) => ({
    isValid: false,
    message,
    error,
    name,
    localizedErrorMessage: message,
    portalId,
  }));
  const errors = problems.map(({ name, error, message }) => ({
    message,
    code: error,
    context: { propertyName: [name] },
  }));
  const category = status === 409 ? "CONFLICT" : "VALIDATION_ERROR";
  return new Refusal(status, category, `Property values were not valid: ${JSON.stringify(embedded)}`, { errors });
}

/** Paths and versions that HubSpot does not know are answered by the edge, in HTML. */
export function toUnknownPathAnswer(): SandboxAnswer {
  return toTextAnswer(
    404,
    "text/html;charset=utf-8",
    "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>\n",
  );
}
