import { z } from "zod";
import { parseJson } from "../../../src-shared/domain/json-text.ts";

/** Values of a context come as a list, or bare. */
const contextValue = z.union([
  z.array(z.union([z.string(), z.number()]).transform(String)),
  z.union([z.string(), z.number()]).transform((one) => [String(one)]),
]);
const context = z.record(z.string(), contextValue.catch([])).catch({});
const text = z.string().optional().catch(undefined);

const innerError = z.looseObject({
  message: text,
  code: text,
  subCategory: text,
  in: text,
  context: context.optional(),
});

const errorBody = z.looseObject({
  status: text,
  message: text,
  category: text,
  subCategory: text,
  errorType: text,
  policyName: text,
  correlationId: text,
  error: text,
  error_description: text,
  errors: z.array(innerError).optional().catch(undefined),
  context: context.optional(),
});

/** What HubSpot embeds in the message of property errors. */
const embeddedError = z.looseObject({ error: text, name: text, message: text });

/** One refused property, with HubSpot's code. */
export type InnerError = Readonly<{ code: string; property: string | undefined; message: string | undefined }>;

/** A refusal in HubSpot's own envelope. `words`: every category and code of the envelope itself. */
export type VendorError = Readonly<{
  words: readonly string[];
  inner: readonly InnerError[];
  policy: string | undefined;
  message: string | undefined;
  correlationId: string | undefined;
  /** Scopes that a 403 asks for. */
  scopes: readonly string[];
  context: Readonly<Record<string, readonly string[]>>;
}>;

const lastPart = (code: string): string => code.slice(code.lastIndexOf(".") + 1);

function readEmbedded(message: string): readonly InnerError[] {
  const list = z
    .array(embeddedError)
    .safeParse(parseJson(message.slice(message.indexOf("["), message.lastIndexOf("]") + 1)));
  if (!list.success) return [];
  return list.data.flatMap(({ error, name, message: said }) =>
    error === undefined ? [] : [{ code: error, property: name, message: said }],
  );
}

type Body = z.infer<typeof errorBody>;

function readInner(body: Body): readonly InnerError[] {
  const listed = (body.errors ?? []).flatMap((error) => {
    const code = error.code ?? (error.subCategory === undefined ? undefined : lastPart(error.subCategory));
    if (code === undefined) return [];
    // `in` names the request's part for other kinds of errors, so the context's property comes first.
    const property = error.context?.["propertyName"]?.[0] ?? error.in;
    return [{ code, property, message: error.message }];
  });
  return [...readEmbedded(body.message ?? ""), ...listed];
}

function mergeContexts(body: Body): Readonly<Record<string, readonly string[]>> {
  const all = [body.context ?? {}, ...(body.errors ?? []).map((error) => error.context ?? {})];
  const merged = new Map<string, readonly string[]>();
  for (const [name, values] of all.flatMap((each) => Object.entries(each)))
    merged.set(name, [...new Set([...(merged.get(name) ?? []), ...values])]);
  return Object.fromEntries(merged);
}

const isEnvelope = ({ status, category, errorType, error, message }: Body): boolean =>
  category !== undefined ||
  errorType !== undefined ||
  error !== undefined ||
  (status !== undefined && message !== undefined);

/** The refusal in this JSON, or undefined where it is not HubSpot's envelope: then nobody knows what was executed. */
export function readVendorError(json: unknown): VendorError | undefined {
  const parsed = errorBody.safeParse(json);
  if (!parsed.success || !isEnvelope(parsed.data)) return undefined;
  const body = parsed.data;
  const given = [body.category, body.subCategory, body.errorType, body.error, body.status];
  const words = given.filter((word): word is string => word !== undefined && word !== "error");
  const merged = mergeContexts(body);
  return {
    words: [...new Set(words.flatMap((word) => [word, lastPart(word)]))],
    inner: readInner(body),
    policy: body.policyName,
    message: body.message ?? body.error_description,
    correlationId: body.correlationId,
    scopes: merged["requiredGranularScopes"] ?? merged["requiredScopes"] ?? [],
    context: merged,
  };
}
