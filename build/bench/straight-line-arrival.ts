import { watch } from "node:fs";
import { stat } from "node:fs/promises";
import { Pool } from "undici";
import { toCallInput } from "./call-input.ts";

/**
 * The floor that the way from a log to a CRM is measured against: each time the file has grown, one call is posted over a
 * kept-alive connection. It waits for nothing, reads nothing of the file, keeps nothing and looks nobody up.
 *
 *   node build/bench/straight-line-arrival.ts FILE BASE_URL TOKEN CALLS
 */
const [file, baseUrl, token, callCount] = process.argv.slice(2);
if (file === undefined || baseUrl === undefined || token === undefined || callCount === undefined)
  throw new Error("usage: straight-line-arrival.ts FILE BASE_URL TOKEN CALLS");

const total = Number(callCount);
const pool = new Pool(baseUrl, { connections: 1 });
let delivered = 0;
let knownSize = 0;

async function post(): Promise<void> {
  const { statusCode, body } = await pool.request({
    method: "POST",
    path: "/crm/v3/objects/calls",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(toCallInput(delivered)),
  });
  const text = await body.text();
  if (statusCode !== 201) throw new Error(`the sandbox answered ${statusCode}: ${text.slice(0, 300)}`);
  delivered += 1;
  if (delivered < total) return;
  watcher.close();
  await pool.close();
  console.log(JSON.stringify({ delivered }));
}

async function look(): Promise<void> {
  const { size } = await stat(file ?? "");
  if (size <= knownSize) return;
  knownSize = size;
  await post();
}

// A rejection ends the process, with its reason.
const watcher = watch(file, () => void look());
await look();
