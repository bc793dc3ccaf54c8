import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { say } from "../../words/say.ts";

/** Tells a screen reader at once that the agent stopped, and that it is back. Nothing else is assertive. */
export function AgentNews() {
  const { ledger } = useApp();
  const phase = useStore(ledger, ({ engine }) => engine?.phase);
  const wasRunning = useRef(false);
  const [news, setNews] = useState("");
  useEffect(() => {
    if (phase === "running") {
      setNews((last) => (last === "" ? "" : say("agent.back")));
      wasRunning.current = true;
    } else if (wasRunning.current && (phase === "restarting" || phase === "refused" || phase === "held"))
      setNews(say("agent.alert"));
  }, [phase]);
  return (
    <p className="sr" role="alert">
      {news}
    </p>
  );
}
