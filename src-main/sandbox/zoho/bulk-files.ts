import { unzipSync, zipSync } from "fflate";
import { headerOf, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import { readParts } from "./multipart.ts";
import type { Org } from "./org.ts";
import { zgid } from "./org-endpoints.ts";
import { Refusal } from "./refusal.ts";
import { checkScopes } from "./scopes.ts";
import { route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { toZohoTime } from "./zoho-record.ts";

const maxUploadBytes = 25 * 1024 * 1024;

export type BulkFiles = {
  readonly routes: readonly ZohoRoute[];
  /** The CSV inside an uploaded zip; undefined for an unknown file. */
  readonly read: (fileId: string) => string | undefined;
  readonly clear: () => void;
};

export function createBulkFiles(org: Org): BulkFiles {
  const files = new Map<string, string>();
  const upload = (call: ZohoCall): SandboxAnswer => {
    const { request } = call;
    const scope = org.config.current().bulkUploadScope ? ["ZohoFiles.files.ALL"] : [];
    checkScopes(call.caller, [...scope, "ZohoCRM.bulk.CREATE"]);
    if (headerOf(request, "feature") !== "bulk-write")
      throw new Refusal(400, "INVALID_DATA", "the feature header is invalid", { header: "feature" });
    if (headerOf(request, "x-crm-org") !== zgid)
      throw new Refusal(400, "INVALID_DATA", "the X-CRM-ORG header is invalid", { header: "X-CRM-ORG" });
    const file = readParts(request).get("file");
    if (file === undefined) throw new Refusal(400, "FILE_NOT_SUPPORTED", "please upload a zip file with one csv file");
    if (file.length > maxUploadBytes)
      throw new Refusal(413, "REQUEST_ENTITY_TOO_LARGE", "the file is too large", { maximum_size: maxUploadBytes });
    const id = org.records.nextId();
    files.set(id, fromZip(file));
    return toJsonAnswer(200, {
      status: "success",
      code: "FILE_UPLOAD_SUCCESS",
      message: "file uploaded.",
      details: { file_id: id, created_time: toZohoTime(org.clock.now(), org.config.current().orgTimeZone) },
    });
  };
  return {
    routes: [route("POST", "/crm/:version/upload", [], upload)],
    read: (fileId) => files.get(fileId),
    clear: () => files.clear(),
  };
}

/** Throws a `Refusal` for anything but a zip with exactly one CSV file. */
function fromZip(zip: Buffer): string {
  const entries = Object.entries(unzip(zip)).filter(([name]) => name.toLowerCase().endsWith(".csv"));
  const [only, ...others] = entries;
  if (only === undefined || others.length > 0)
    throw new Refusal(400, "FILE_NOT_SUPPORTED", "please upload a zip file with one csv file");
  return Buffer.from(only[1]).toString("utf8");
}

function unzip(zip: Buffer): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(zip);
  } catch {
    throw new Refusal(400, "FILE_NOT_SUPPORTED", "please upload a zip file with one csv file");
  }
}

export function toZipAnswer(name: string, csv: string): SandboxAnswer {
  const body = Buffer.from(zipSync({ [`${name}.csv`]: Buffer.from(csv, "utf8") }));
  const headers = {
    "content-type": "application/zip",
    "content-disposition": `attachment; filename=${name}.zip`,
  };
  return { status: 200, headers, body };
}
