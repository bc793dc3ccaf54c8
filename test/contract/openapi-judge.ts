import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

export type Exchange = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly requestBody?: unknown;
  readonly status: number;
  readonly responseBody: unknown;
};

export type Judge = {
  /** What the vendor's description objects to, one line each; empty when all fits. */
  readonly complaints: (exchange: Exchange) => readonly string[];
  /** The operations that were judged so far, as `METHOD /template`. */
  readonly judged: ReadonlySet<string>;
};

type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, { content?: object }>;
};
type Template = { readonly path: string; readonly expression: RegExp; readonly operations: Record<string, Operation> };

/** Judges HTTP exchanges by an OpenAPI 3.0 file: path, query names, request body, status and answer. */
export function createJudge(file: URL): Judge {
  const document: any = JSON.parse(readFileSync(file, "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  ajv.addSchema(document, "spec");
  const templates: Template[] = Object.entries<any>(document.paths).map(([path, operations]) => ({
    path,
    operations,
    expression: toExpression(path),
  }));
  const compiled = new Map<string, ValidateFunction>();
  const judged = new Set<string>();

  const check = (pointer: readonly string[], value: unknown, where: string): readonly string[] => {
    const reference = `spec#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
    const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference });
    compiled.set(reference, validate);
    return validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message}`);
  };
  return {
    judged,
    complaints: ({ method, path, requestBody, status, responseBody }) => {
      const [bare = "", query = ""] = path.split("?");
      const verb = method.toLowerCase();
      const template = findTemplate(templates, bare, verb);
      const operation = template?.operations[verb];
      if (template === undefined || operation === undefined) return [`no operation ${method} ${bare}`];
      judged.add(`${method} ${template.path}`);
      const known = new Set(
        operation.parameters?.filter((parameter) => parameter.in === "query").map(({ name }) => name),
      );
      const unknown = [...new URLSearchParams(query).keys()]
        .filter((name) => !known.has(name))
        .map((name) => `query ${name} is not declared`);
      const at = ["paths", template.path, verb];
      const sent =
        requestBody === undefined
          ? []
          : check([...at, "requestBody", "content", "application/json", "schema"], requestBody, "request");
      const declared = operation.responses[status] === undefined ? "default" : String(status);
      if (operation.responses[declared] === undefined) return [...unknown, ...sent, `status ${status} is not declared`];
      if (declared === "default" && status < 400)
        return [...unknown, ...sent, `status ${status} is not declared as a success`];
      const hasBody = operation.responses[declared].content !== undefined;
      const got = hasBody
        ? check([...at, "responses", declared, "content", "application/json", "schema"], responseBody, "response")
        : [];
      return [...unknown, ...sent, ...got];
    },
  };
}

function toExpression(path: string): RegExp {
  const bare = path.replace(/(.)\/$/, "$1");
  return new RegExp(`^${bare.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "[^/]+")}/?$`);
}

/** The template with the fewest placeholders that has the method: `/calls/search` before `/calls/{callId}`. */
function findTemplate(templates: readonly Template[], path: string, verb: string): Template | undefined {
  const holes = (template: Template): number => template.path.split("{").length;
  return templates
    .filter(({ expression, operations }) => expression.test(path) && operations[verb] !== undefined)
    .toSorted((left, right) => holes(left) - holes(right))[0];
}
