import { z } from "zod";

/** One thing that Salesforce found wrong. `code`: `errorCode` of a request, `statusCode` of a row, `error` of a sign-in. */
export type VendorError = Readonly<{
  code: string;
  message: string;
  fields: readonly string[];
  /** Records that a duplicate rule names. */
  duplicates: readonly Readonly<{ object: string; id: string }>[];
}>;

const text = z.string().catch("");
const names = z.array(z.string()).catch([]);

const matchRecord = z.looseObject({
  record: z.looseObject({ Id: z.string(), attributes: z.looseObject({ type: z.string() }) }),
});
const duplicateResult = z.looseObject({
  matchResults: z.array(z.looseObject({ matchRecords: z.array(matchRecord).catch([]) })).catch([]),
});

const requestError = z.looseObject({ errorCode: z.string(), message: text, fields: names });
const rowError = z.looseObject({ statusCode: z.string(), message: text, fields: names });
const signInError = z.looseObject({ error: z.string(), error_description: text });

/** The vendor really misspells the key; newer answers may not. */
function readDuplicates(given: Readonly<Record<string, unknown>>): VendorError["duplicates"] {
  const result = duplicateResult.safeParse(given["duplicateResut"] ?? given["duplicateResult"]);
  if (!result.success) return [];
  return result.data.matchResults
    .flatMap(({ matchRecords }) => matchRecords)
    .map(({ record }) => ({ object: record.attributes.type, id: record.Id }));
}

function readOne(given: unknown): VendorError | undefined {
  const request = requestError.safeParse(given);
  if (request.success) {
    const { errorCode, message, fields } = request.data;
    return { code: errorCode, message, fields, duplicates: readDuplicates(request.data) };
  }
  const row = rowError.safeParse(given);
  if (row.success) {
    const { statusCode, message, fields } = row.data;
    return { code: statusCode, message, fields, duplicates: readDuplicates(row.data) };
  }
  const signIn = signInError.safeParse(given);
  if (!signIn.success) return undefined;
  return { code: signIn.data.error, message: signIn.data.error_description, fields: [], duplicates: [] };
}

/** The errors of an answer or of a row, or none where it is not in Salesforce's own form (a gateway's page). */
export function readVendorErrors(body: unknown): readonly VendorError[] {
  const given: readonly unknown[] = Array.isArray(body) ? body : [body];
  return given.map(readOne).filter((error) => error !== undefined);
}

/** The addresses of a 300: several records have the key. */
export const isAddressList = (body: unknown): boolean =>
  z.array(z.string().startsWith("/")).min(1).safeParse(body).success;
