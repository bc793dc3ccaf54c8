import type { ReactNode } from "react";

/** A place with nothing in it: what it will show, and what to do. */
export const Empty = ({ title, text, children }: Readonly<{ title: string; text?: string; children?: ReactNode }>) => (
  <div className="nothing">
    <h2>{title}</h2>
    {text === undefined ? null : <p>{text}</p>}
    {children === undefined ? null : <div className="btns">{children}</div>}
  </div>
);
