import { unzipSync, zipSync } from "fflate";
import type { Asked, Office } from "./error-case.ts";

/** A file for a bulk write of Zoho, as the multipart form that its upload takes. */
async function toUpload(file: Uint8Array): Promise<Asked> {
  const form = new FormData();
  form.set("file", new Blob([new Uint8Array(file)]), "rows.zip");
  const encoded = new Response(form);
  return {
    method: "POST",
    path: "/crm/v8/upload",
    body: await encoded.bytes(),
    headers: {
      "content-type": encoded.headers.get("content-type") ?? "",
      feature: "bulk-write",
      "x-crm-org": "20064123456",
    },
  };
}

export const brokenUpload = (): Promise<Asked> => toUpload(Buffer.from("no zip"));

/** The request that creates a job for these rows, uploaded before. `change` lies over the job, `resource` over its resource. */
export async function toBulkJob(
  { send }: Pick<Office, "send">,
  csv: string,
  change: object = {},
  resource: object = {},
): Promise<Asked> {
  const uploaded = await send(await toUpload(zipSync({ "rows.csv": Buffer.from(csv) })));
  const [head = ""] = csv.split("\n");
  const field_mappings = head.split(",").map((api_name, index) => ({ api_name, index }));
  const module = { api_name: "Contacts" };
  const mapped = { type: "data", module, file_id: uploaded.json.details.file_id, field_mappings, ...resource };
  return {
    method: "POST",
    path: "/crm/bulk/v8/write",
    body: { operation: "insert", ...change, resource: [mapped] },
  };
}

/** The job is seen through; the code with which its file of results refuses the only row. */
export async function readRowError(office: Pick<Office, "send" | "admin">, job: Asked): Promise<string> {
  const made = await office.send(job);
  await office.admin.advance(2_000);
  const { id } = made.json.details;
  const done = await office.send({ method: "GET", path: `/crm/bulk/v8/write/${id}` });
  const zip = await office.send({ method: "GET", path: done.json.result.download_url });
  const [, row = ""] = Buffer.from(Object.values(unzipSync(zip.bytes))[0] ?? [])
    .toString()
    .trim()
    .split("\n");
  return row.split(",").at(-1)?.split("-")[0] ?? "";
}
