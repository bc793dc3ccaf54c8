import { z } from "zod";

/**
 * Why nobody can say when a lane is empty. `empty`: nothing waits. `paused`: a person paused the account. `blocked`: the
 * CRM needs a person first. `no_pace`: nothing was sent lately, so there is no pace to reckon with. `too_far`: it takes
 * more than a year.
 */
export const laneStop = z.enum(["empty", "paused", "blocked", "no_pace", "too_far"]);
export type LaneStop = z.infer<typeof laneStop>;

export const laneStopTexts: Readonly<Record<LaneStop, string>> = {
  empty: "Nothing waits.",
  paused: "The account is paused.",
  blocked: "The account waits for a person.",
  no_pace: "Nothing was sent in the last minutes, so there is no pace to reckon with.",
  too_far: "More than a year away at this pace.",
};
