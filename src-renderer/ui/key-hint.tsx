import type { ReactNode } from "react";

/** A shortcut, shown where it works. */
export const KeyHint = ({ keys, children }: Readonly<{ keys: readonly string[]; children?: ReactNode }>) => (
  <span className="hint">
    <span className="keys">
      {keys.map((key) => (
        <kbd key={key} className="kbd">
          {key}
        </kbd>
      ))}
    </span>
    {children}
  </span>
);
