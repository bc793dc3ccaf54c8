import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";

type NoteProps = Readonly<{
  icon: LucideIcon;
  tone?: CallOutcome;
  /** Told at once by a screen reader: only for what stops work. */
  urgent?: boolean;
  children: ReactNode;
  action?: ReactNode;
}>;

/** A tinted strip: one sentence, at most one button. */
export const Note = ({ icon: Icon, tone, urgent = false, children, action }: NoteProps) => (
  <div className="note" data-s={tone} role={urgent ? "alert" : undefined}>
    <Icon className="i" aria-hidden="true" />
    <p>{children}</p>
    {action === undefined ? null : <span className="push">{action}</span>}
  </div>
);
