import { getCountries, parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { z } from "zod";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { matchTrialView } from "../../../src-shared/ipc/match-views.ts";
import { fault } from "../host/engine.ts";
import type { MatchTrial } from "../ports/matcher.ts";
import type { ApiParts } from "./api-parts.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";
import { findIntegration } from "./find-integration.ts";
import { toMatchChoice } from "./match-choice.ts";
import { setMatch, undoMatch } from "./match-correction.ts";

type Parts = Pick<
  ApiParts,
  | "people"
  | "peopleStore"
  | "matcher"
  | "matchRules"
  | "integrations"
  | "reports"
  | "deliveries"
  | "clock"
  | "sync"
  | "actor"
>;

export function createMatchHandlers(
  parts: Parts,
): SubjectHandlers<"match:test" | "match:choice" | "match:set" | "match:undo"> {
  const { integrations, matcher, people } = parts;
  return {
    "match:test": serve(ipcCalls["match:test"], async ({ number, id, agent }) => {
      const found = id === null ? null : findIntegration(integrations, id);
      if (found !== null && !found.ok) return found;
      const asked = found === null ? integrations.list() : [found.value];
      if (asked.length === 0) return fault("bad_input", "No CRM is connected yet: see connect --help.");
      const e164 = toE164(number, asked);
      if (e164 === null)
        return fault("bad_input", `${number} is no number with its country code, such as +442079460958.`);
      const trials = asked.map((integration) => ({
        ...toView(integration, matcher.tryOut({ integration, number: e164, agent })),
        copy: people.state(integration.id),
      }));
      return { ok: true, value: { number: e164, trials } };
    }),
    "match:choice": serve(ipcCalls["match:choice"], async ({ deliveryId }) => toMatchChoice(parts, deliveryId)),
    "match:set": serveOnce(ipcCalls["match:set"], (ask) => atOnce(() => setMatch(parts, ask))),
    "match:undo": serveOnce(ipcCalls["match:undo"], (ask) => atOnce(() => undoMatch(parts, ask))),
  };
}

/** With its country code, or as of the first country that the settings of an account name. */
function toE164(text: string, asked: readonly Integration[]): string | null {
  const country = asked.flatMap(({ settings }) => (settings["country"] ?? "").split(",")).find((each) => each !== "");
  const known = getCountries().find((each) => each === country);
  const parsed =
    known === undefined
      ? parsePhoneNumberFromString(text)
      : parsePhoneNumberFromString(text, { defaultCountry: known });
  return parsed?.isPossible() === true ? parsed.number : null;
}

function toView(
  { id, crm, label, unknownCaller }: Integration,
  { verdict, rules }: MatchTrial,
): Omit<z.input<typeof matchTrialView>, "copy"> {
  const base = { integrationId: id, crm, label, rules: [...rules] };
  switch (verdict.kind) {
    case "matched": {
      const { object, personId, name, rule, evidence, candidates } = verdict.match;
      const person = object === null || personId === null ? null : { object, id: personId, name: name ?? personId };
      const who = person === null ? "Logged without a person" : `${person.name} (${person.object} ${person.id})`;
      return {
        ...base,
        outcome: person === null ? "unlinked" : "matched",
        rule,
        person,
        sentence: `${who}: ${evidence.replace(/[.\s]*$/, "")}.`,
        candidates: [...candidates],
      };
    }
    case "ambiguous":
      return {
        ...base,
        outcome: "ask",
        rule: "ask",
        person: null,
        sentence: verdict.sentence,
        candidates: [...verdict.match.candidates],
      };
    default: {
      const isMade = unknownCaller === "contact" || unknownCaller === "lead";
      const then = isMade ? `a ${unknownCaller} would be made for it` : "the call would wait until somebody adds it";
      return {
        ...base,
        outcome: isMade ? "made" : "held",
        rule: null,
        person: null,
        sentence: `Nobody has this number: ${then}.`,
        candidates: [],
      };
    }
  }
}
