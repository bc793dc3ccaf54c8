import { toJsonAnswer, type SandboxAnswer } from "../core/message.ts";

export type RefusalDetails = Readonly<Record<string, unknown>>;

/**
 * What the CRM refuses, in its error envelope. Thrown, because a refusal ends the request (or its one record of a batch)
 * from any depth; the dispatcher and the batches are the only places that catch it.
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

export type ErrorBody = {
  readonly code: string;
  readonly details: RefusalDetails;
  readonly message: string;
  readonly status: "error";
};

/** The same envelope for a whole request and for one record inside `data`. */
export function toErrorBody({ code, details, message }: Refusal): ErrorBody {
  return { code, details, message, status: "error" };
}

export function toRefusalAnswer(refusal: Refusal): SandboxAnswer {
  return toJsonAnswer(refusal.status, toErrorBody(refusal));
}

export function invalidData(details: RefusalDetails, message = "invalid data"): Refusal {
  return new Refusal(400, "INVALID_DATA", message, details);
}

/** Where a record's field stands in the body of a write. */
export type FieldPlace = { readonly position: number; readonly field: string };

export function placeDetails({ position, field }: FieldPlace): RefusalDetails {
  return { api_name: field, json_path: `$.data[${position}].${field}` };
}

export function invalidModule(name: string): Refusal {
  return new Refusal(400, "INVALID_MODULE", "The module name given seems to be invalid", {
    resource_path_index: 0,
    module: name,
  });
}

export function invalidId(): Refusal {
  return invalidData({ api_name: "id" }, "the id given seems to be invalid");
}

export function invalidToken(): Refusal {
  return new Refusal(401, "INVALID_TOKEN", "invalid oauth token");
}

export function noPermission(permission: string): Refusal {
  return new Refusal(403, "NO_PERMISSION", "permission denied", { permissions: [permission] });
}

export function unknownPath(): Refusal {
  return new Refusal(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one");
}

export function wrongMethod(): Refusal {
  return new Refusal(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one");
}
