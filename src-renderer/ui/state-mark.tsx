import type { ReactNode } from "react";
import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import { say } from "../words/say.ts";
import { stateWords } from "../words/state-words.ts";

const line = {
  fill: "none",
  stroke: "currentColor",
  strokeWidth: 1.6,
  strokeLinecap: "round",
  strokeLinejoin: "round",
} as const;
const cut = { ...line, stroke: "var(--surface)", strokeWidth: 1.8 } as const;
const ring = <circle cx="8" cy="8" r="6.2" {...line} />;

/** Our own drawings, 16 px: they differ by silhouette, so that they read without colour. */
const drawings: Readonly<Record<CallOutcome, ReactNode>> = {
  delivered: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="m4.9 8.2 2.1 2.1 4.1-4.4" {...cut} />
    </>
  ),
  waiting: (
    <>
      {ring}
      <path d="M8 4.6V8l2.3 1.5" {...line} />
    </>
  ),
  skipped: (
    <>
      {ring}
      <path d="M3.8 12.2 12.2 3.8" {...line} />
    </>
  ),
  failed: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
      <path d="M8 4.4v4.2" {...cut} />
      <circle cx="8" cy="11.3" r="1.05" fill="var(--surface)" />
    </>
  ),
  held: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="3.2" {...line} />
      <path d="M6.3 5.8v4.4M9.7 5.8v4.4" {...line} />
    </>
  ),
  checking: (
    <>
      <path d="M8 1.6 14.4 8 8 14.4 1.6 8z" {...line} />
      <path d="M6.7 6.6a1.4 1.4 0 1 1 1.9 1.3c-.4.2-.6.4-.6.9" {...line} />
      <circle cx="8" cy="10.9" r=".9" fill="currentColor" />
    </>
  ),
  queued: <circle cx="8" cy="8" r="6.2" {...line} strokeDasharray="2.2 2.67" />,
  sending: (
    <>
      {ring}
      <path d="M8 11.2V5M5.4 7.4 8 4.8l2.6 2.6" {...line} />
    </>
  ),
  acknowledged: (
    <>
      {ring}
      <path d="m5.3 8.1 1.9 1.9 3.5-3.8" {...line} />
    </>
  ),
};

const Drawing = ({ state }: Readonly<{ state: CallOutcome }>) => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    {drawings[state]}
  </svg>
);

/** A conflict is no state of a call; it has the same place and its own drawing: two crossing rings. */
export const ConflictMark = ({ name }: Readonly<{ name?: string }>) => (
  <span className="st" data-s="held" title={name}>
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="5.6" cy="8" r="4.4" {...line} />
      <circle cx="10.4" cy="8" r="4.4" {...line} />
    </svg>
    {name === undefined ? null : <span className="sr">{name}</span>}
  </span>
);

/** A mark alone: it needs a name, shown as a tooltip and read aloud. Without one it is decoration beside its word. */
export const StateMark = ({ state, name }: Readonly<{ state: CallOutcome; name?: string }>) => (
  <span className="st" data-s={state} title={name}>
    <Drawing state={state} />
    {name === undefined ? null : <span className="sr">{name}</span>}
  </span>
);

/** A mark with words: the state's own, or what is said instead. */
export const StateText = ({ state, text }: Readonly<{ state: CallOutcome; text?: string }>) => (
  <span className="st" data-s={state}>
    <Drawing state={state} />
    <span className="tx">{text ?? say(stateWords[state])}</span>
  </span>
);

export const StateChip = ({ state, text }: Readonly<{ state: CallOutcome; text?: string }>) => (
  <span className="st chip" data-s={state}>
    <Drawing state={state} />
    <span className="tx">{text ?? say(stateWords[state])}</span>
  </span>
);
