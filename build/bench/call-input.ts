const startedAt = Date.UTC(2026, 5, 1, 8);

/** One of many calls, as HubSpot takes it. */
export function toCallInput(index: number): unknown {
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
