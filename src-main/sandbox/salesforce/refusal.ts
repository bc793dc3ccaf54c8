import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";

export type RefusalDetails = {
  /** The fields at fault; left out of the body when undefined. */
  readonly fields?: readonly string[];
  /** Members beside message and code (the duplicate rule's result). */
  readonly extra?: Readonly<Record<string, unknown>>;
};

/**
 * What Salesforce refuses. Thrown, because a refusal ends the request (or its one record of many) from any depth; the
 * dispatcher and the batches are the only places that catch it.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: RefusalDetails;

  constructor(status: number, code: string, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** The body of a refused request: always an array. */
export function toRefusalBody({ code, message, details: { fields, extra = {} } }: Refusal): readonly object[] {
  return [{ ...extra, message, errorCode: code, ...(fields === undefined ? {} : { fields }) }];
}

export function toRefusalAnswer(refusal: Refusal): SandboxAnswer {
  return toJsonAnswer(refusal.status, toRefusalBody(refusal));
}

/** One record's error in a collection: the code has another key there. */
export type RowError = { readonly statusCode: string; readonly message: string; readonly fields: readonly string[] };

export function toRowError({ code, message, details: { fields = [], extra = {} } }: Refusal): RowError {
  return { statusCode: code, message, fields, ...extra };
}

/** A write that a record's values or links forbid. */
export function badRecord(code: string, message: string, fields: readonly string[] = []): Refusal {
  return new Refusal(400, code, message, { fields });
}

export function notFound(message = "The requested resource does not exist"): Refusal {
  return new Refusal(404, "NOT_FOUND", message);
}

export function badJson(message: string): Refusal {
  return new Refusal(400, "JSON_PARSER_ERROR", message);
}

export function noSuchField(field: string, object: string): Refusal {
  return badRecord("INVALID_FIELD", `No such column '${field}' on sobject of type ${object}`);
}
