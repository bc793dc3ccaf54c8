import { Pool } from "undici";
import { toCallInput } from "./call-input.ts";

/**
 * The floor that delivery is measured against: the same number of calls in full batches, one after another over one
 * kept-alive connection. It keeps nothing, looks nobody up, and would not know after a crash what it has done.
 *
 *   node build/bench/straight-line-delivery.ts BASE_URL TOKEN CALLS
 */
const [baseUrl, token, callCount] = process.argv.slice(2);
if (baseUrl === undefined || token === undefined)
  throw new Error("usage: straight-line-delivery.ts BASE_URL TOKEN CALLS");

const batchMax = 100;
const total = Number(callCount);

const pool = new Pool(baseUrl, { connections: 1 });
for (let sent = 0; sent < total; sent += batchMax) {
  const inputs = Array.from({ length: Math.min(batchMax, total - sent) }, (_, index) => toCallInput(sent + index));
  const { statusCode, body } = await pool.request({
    method: "POST",
    path: "/crm/v3/objects/calls/batch/create",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ inputs }),
  });
  const text = await body.text();
  if (statusCode !== 201) throw new Error(`the sandbox answered ${statusCode}: ${text.slice(0, 300)}`);
}
await pool.close();
console.log(JSON.stringify({ delivered: total }));
