/** `max` is the most that ever arrived within any window of this length, limited requests included; `limit` null: none. */
export type WindowStats = {
  readonly name: string;
  readonly windowMs: number;
  readonly limit: number | null;
  readonly max: number;
};

export type SandboxStats = {
  readonly requests: number;
  readonly byEndpoint: Readonly<Record<string, number>>;
  /** Requests that the vendor's own limits refused (an injected 429 is not one). */
  readonly rateLimited: number;
  readonly dailyUsed: number;
  readonly dailyLimit: number | null;
  readonly windows: readonly WindowStats[];
};

export type RequestStats = {
  /** `endpoint` is `METHOD /path` with ids replaced by names, so that the table stays short. */
  readonly count: (endpoint: string) => void;
  readonly countLimited: () => void;
  readonly totals: () => Pick<SandboxStats, "requests" | "byEndpoint" | "rateLimited">;
  readonly clear: () => void;
};

export function createRequestStats(): RequestStats {
  const byEndpoint = new Map<string, number>();
  let requests = 0;
  let rateLimited = 0;
  return {
    count: (endpoint) => {
      requests += 1;
      byEndpoint.set(endpoint, (byEndpoint.get(endpoint) ?? 0) + 1);
    },
    countLimited: () => {
      rateLimited += 1;
    },
    totals: () => ({ requests, byEndpoint: Object.fromEntries(byEndpoint), rateLimited }),
    clear: () => {
      byEndpoint.clear();
      requests = 0;
      rateLimited = 0;
    },
  };
}
