/** A call as a job's payload, about 270 bytes of JSON. */
export function samplePayload(index: number): string {
  return JSON.stringify({
    callId: `call-${String(index).padStart(9, "0")}`,
    startedAt: 1_780_300_000_000 + index * 60_000,
    direction: "inbound",
    from: "+447700900001",
    to: "+442079460010",
    agent: "204",
    durationSeconds: 120,
    status: "answered",
    subject: "Answered call, 2 minutes, read from the call log",
    queue: "Sales",
  });
}
