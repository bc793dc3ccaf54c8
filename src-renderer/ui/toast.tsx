import { useEffect, useState } from "react";
import type { Notice } from "../state/notice-store.ts";
import { say } from "../words/say.ts";
import { Button } from "./button.tsx";

const shownMs = 10_000;

type ToastProps = Readonly<{ notice: Notice | null; onEnd: (id: number) => void }>;

/** Bottom centre, one at a time, 10 s, and as long as it is hovered or focused. The region stays, so that screen readers hear it. */
export function Toast({ notice, onEnd }: ToastProps) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (notice === null || isHeld) return undefined;
    const timer = setTimeout(() => onEnd(notice.id), shownMs);
    return () => clearTimeout(timer);
  }, [notice, isHeld, onEnd]);
  return (
    <div className="toast-place" role="status">
      {notice === null ? null : (
        <div
          className="toast"
          onMouseEnter={() => setHeld(true)}
          onMouseLeave={() => setHeld(false)}
          onFocus={() => setHeld(true)}
          onBlur={() => setHeld(false)}
        >
          <p>{notice.text}</p>
          {notice.undo === null ? null : (
            <Button
              size="small"
              onPress={() => {
                notice.undo?.();
                onEnd(notice.id);
              }}
            >
              {say("pause.undo")}
            </Button>
          )}
          <Button size="small" look="quiet" onPress={() => onEnd(notice.id)}>
            {say("toast.dismiss")}
          </Button>
        </div>
      )}
    </div>
  );
}
