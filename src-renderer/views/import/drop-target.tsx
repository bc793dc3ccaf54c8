import { useEffect, useState } from "react";
import { say } from "../../words/say.ts";

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;

/** The whole window is one target for files. What is dropped is told by the bridge, which alone knows its paths. */
export function DropTarget() {
  const [count, setCount] = useState<number | null>(null);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      // Anything else that is dragged here is refused, so that a link never opens in the window.
      event.preventDefault();
      if (event.dataTransfer === null) return;
      event.dataTransfer.dropEffect = holdsFiles(event) ? "copy" : "none";
      if (holdsFiles(event)) setCount(event.dataTransfer.items.length);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setCount(null);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setCount(null);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
  if (count === null) return null;
  return (
    <div className="drop-over" aria-hidden="true">
      <div className="drop">
        <div>
          <p className="drop-title">{say("drop.over", { count })}</p>
          <p className="dim">{say("drop.overText")}</p>
        </div>
      </div>
    </div>
  );
}
