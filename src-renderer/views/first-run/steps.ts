import type { Connection } from "../../state/ledger-store.ts";
import type { MessageKey } from "../../words/en.ts";

/** The way from nothing to calls that are logged. */
export const steps = ["company", "crm", "log", "look"] as const;
export type Step = (typeof steps)[number];

export const stepWords: Readonly<Record<Step | "start", Readonly<{ title: MessageKey; time: MessageKey }>>> = {
  company: { title: "first.company", time: "first.time15" },
  crm: { title: "first.crm", time: "first.time60" },
  log: { title: "first.log", time: "first.time45" },
  look: { title: "first.look", time: "first.time20" },
  start: { title: "first.start", time: "first.time5" },
};

/** A company's short name as the engine takes it: part of every key in a CRM, so it stays as it is. */
export const isCompanyName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name.trim().toLowerCase());

type Known = Readonly<{
  company: string;
  connections: readonly Connection[];
  sources: number;
  readings: number;
}>;

/** Why a step is not done yet; null: it is. */
export function whatIsMissing(step: Step, { company, connections, sources, readings }: Known): MessageKey | null {
  switch (step) {
    case "company":
      return isCompanyName(company) ? null : "first.missingCompany";
    case "crm":
      return connections.length > 0 ? null : "first.missingCrm";
    case "log":
      return sources + readings > 0 ? null : "first.missingLog";
    case "look":
      return null;
  }
}

/** The step where a set-up goes on that was left, or begun by other means. */
export function firstOpenStep(known: Known): Step {
  if (known.connections.length === 0) return "company";
  return whatIsMissing("log", known) === null ? "look" : "log";
}
