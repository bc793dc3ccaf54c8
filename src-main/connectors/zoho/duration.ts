/** How an org writes `Call_Duration`: hours and minutes, or minutes and seconds. Zoho's pages show the first, some orgs have the second. */
export type DurationUnit = "hh:mm" | "mm:ss";

/** What Zoho's own pages show. */
export const assumedUnit: DurationUnit = "hh:mm";

const two = (value: number): string => String(value).padStart(2, "0");

/** Whole seconds as Zoho takes them; minutes are rounded up where the unit has no seconds. */
export function toDurationText(seconds: number, unit: DurationUnit): string {
  const small = unit === "hh:mm" ? Math.ceil(seconds / 60) : seconds;
  return `${two(Math.floor(small / 60))}:${two(small % 60)}`;
}

/** Seconds of a text, or undefined where it is no duration. */
export function parseDurationText(text: string, unit: DurationUnit): number | undefined {
  const found = /^(\d+):(\d{1,2})$/.exec(text.trim());
  if (found === null) return undefined;
  const small = Number(found[1]) * 60 + Number(found[2]);
  return unit === "hh:mm" ? small * 60 : small;
}

/** What one record tells about the unit: its text beside the seconds that Zoho counts from it. Zero tells nothing. */
export function unitOf(text: string, seconds: number): DurationUnit | undefined {
  if (seconds <= 0) return undefined;
  if (parseDurationText(text, "mm:ss") === seconds) return "mm:ss";
  const asHours = parseDurationText(text, "hh:mm");
  // A text without seconds may stand for a call of up to a minute less or more.
  return asHours !== undefined && asHours > 0 && Math.abs(asHours - seconds) < 60 ? "hh:mm" : undefined;
}

/** The unit that most records speak for, or undefined where none tells. */
export function unitOfMost(found: readonly Readonly<{ text: string; seconds: number }>[]): DurationUnit | undefined {
  const told = found.map(({ text, seconds }) => unitOf(text, seconds)).filter((unit) => unit !== undefined);
  const hours = told.filter((unit) => unit === "hh:mm").length;
  if (told.length === 0) return undefined;
  return hours * 2 >= told.length ? "hh:mm" : "mm:ss";
}
