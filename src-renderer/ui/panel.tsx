import { type ReactNode, useId } from "react";

type PanelProps = Readonly<{ title: string; children: ReactNode; aside?: ReactNode; chip?: ReactNode }>;

/** A part of a page: a title on a line, then what it holds. */
export function Panel({ title, children, aside, chip }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {chip}
        {aside === undefined ? null : <span className="push">{aside}</span>}
      </header>
      {children}
    </section>
  );
}
