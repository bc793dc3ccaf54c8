import type { SandboxClock } from "../core/clock.ts";
import type { Random } from "../core/seeded-random.ts";

type Device = {
  readonly userCode: string;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: number;
  readonly isApproved: boolean;
  readonly polledAt: number;
};

export type Poll =
  | { readonly kind: "approved"; readonly scopes: readonly string[] | null }
  | { readonly kind: "authorization_pending" | "slow_down" | "expired" | "invalid_code" };

export type DeviceFlow = {
  readonly start: (scopes: readonly string[] | null, base: string) => Readonly<Record<string, unknown>>;
  /** Whether such a code waits for a person. */
  readonly approve: (userCode: string) => boolean;
  readonly poll: (deviceCode: string) => Poll;
  readonly clear: () => void;
};

const ttlMs = 300_000;
const intervalMs = 5000;

/** Sign-in of clients without a browser: a code for the person, another for the client, which polls with it. */
export function createDeviceFlow(clock: SandboxClock, random: Random): DeviceFlow {
  const devices = new Map<string, Device>();
  const toText = (length: number): string =>
    Array.from({ length }, () => "BCDFGHJKLMNPQRSTVWXZ"[Math.floor(random() * 20)] ?? "B").join("");
  return {
    start: (scopes, base) => {
      const deviceCode = `1004.${toText(32).toLowerCase()}`;
      const userCode = `${toText(3)}-${toText(3)}-${toText(3)}`;
      devices.set(deviceCode, { userCode, scopes, expiresAt: clock.now() + ttlMs, isApproved: false, polledAt: 0 });
      return {
        device_code: deviceCode,
        user_code: userCode,
        verification_url: `${base}/oauth/v3/device`,
        verification_uri_complete: `${base}/oauth/v3/device?user_code=${userCode}`,
        expires_in: ttlMs,
        interval: intervalMs / 1000,
      };
    },
    approve: (userCode) => {
      const found = [...devices].find(([, device]) => device.userCode === userCode && device.expiresAt > clock.now());
      if (found === undefined) return false;
      devices.set(found[0], { ...found[1], isApproved: true });
      return true;
    },
    poll: (deviceCode) => {
      const device = devices.get(deviceCode);
      const now = clock.now();
      if (device === undefined) return { kind: "invalid_code" };
      if (device.expiresAt <= now) return { kind: "expired" };
      if (!device.isApproved && now - device.polledAt < intervalMs) return { kind: "slow_down" };
      if (!device.isApproved) {
        devices.set(deviceCode, { ...device, polledAt: now });
        return { kind: "authorization_pending" };
      }
      devices.delete(deviceCode);
      return { kind: "approved", scopes: device.scopes };
    },
    clear: () => devices.clear(),
  };
}
