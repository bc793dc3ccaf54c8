import type { ZohoConfig } from "./configuration.ts";

/** Seconds that a `Call_Duration` text means in the org's unit; undefined where it is none. */
export function parseDuration(text: string, unit: ZohoConfig["callDurationUnit"]): number | undefined {
  const found = /^(\d{1,4}):([0-5]\d)$/.exec(text);
  if (found === null) return undefined;
  const [, large = "0", small = "0"] = found;
  const smallUnits = Number(large) * 60 + Number(small);
  return unit === "hh:mm" ? smallUnits * 60 : smallUnits;
}

/** The text for a number of seconds; whole minutes, rounded up, where the unit has no seconds. */
export function toDurationText(seconds: number, unit: ZohoConfig["callDurationUnit"]): string {
  const small = unit === "hh:mm" ? Math.ceil(seconds / 60) : seconds;
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(small / 60))}:${two(small % 60)}`;
}
