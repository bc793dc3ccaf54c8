import { Pool } from "undici";

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
const startedAt = Date.UTC(2026, 5, 1, 8);

function toInput(index: number): unknown {
  return {
    properties: {
      hs_timestamp: new Date(startedAt + index * 60_000).toISOString(),
      hs_call_title: "Inbound call",
      hs_call_body: "Answered call, 2 minutes, read from the call log",
      hs_call_direction: "INBOUND",
      hs_call_status: "COMPLETED",
      hs_call_duration: "120000",
      hs_call_from_number: "+447700900001",
      hs_call_to_number: "+442079460010",
    },
  };
}

const pool = new Pool(baseUrl, { connections: 1 });
for (let sent = 0; sent < total; sent += batchMax) {
  const inputs = Array.from({ length: Math.min(batchMax, total - sent) }, (_, index) => toInput(sent + index));
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
