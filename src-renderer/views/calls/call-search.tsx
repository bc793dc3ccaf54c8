import { Search, X } from "lucide-react";
import { useRef } from "react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { KeyHint } from "../../ui/key-hint.tsx";
import { say, tell } from "../../words/say.ts";
import { toSpanText } from "./span-text.ts";

/** Looks while one types; the store asks one question at a time. Esc clears, then leaves. */
export function CallSearch() {
  const { calls, formats, now } = useApp();
  const text = useStore(calls, (state) => state.text);
  const span = useStore(calls, (state) => state.span);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="filters" role="search" aria-label={say("calls.searchLabel")}>
      <div className="field">
        <Search className="i i-s" aria-hidden="true" />
        {span === null ? null : (
          <span className="token">
            {tell(
              "calls.spanToken",
              { when: toSpanText(span, formats, now()) },
              { b: (parts) => <b key="b">{parts}</b> },
            )}
            <button
              type="button"
              className="token-x"
              aria-label={say("calls.dropDay")}
              onClick={() => {
                calls.filter({ span: null });
                input.current?.focus();
              }}
            >
              <X className="i i-s" aria-hidden="true" />
            </button>
          </span>
        )}
        <input
          ref={input}
          type="search"
          aria-label={say("calls.searchLabel")}
          placeholder={say("calls.search")}
          value={text}
          maxLength={500}
          spellCheck={false}
          onChange={(event) => calls.filter({ text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") document.querySelector<HTMLElement>(".grid [tabindex='0']")?.focus();
            else if (event.key === "Backspace" && text === "" && span !== null) calls.filter({ span: null });
            else if (event.key !== "Escape") return;
            else if (text === "" && span !== null) calls.filter({ span: null });
            else if (text === "") event.currentTarget.blur();
            else calls.filter({ text: "" });
            event.preventDefault();
          }}
        />
        {text === "" ? (
          <KeyHint keys={["/"]} />
        ) : (
          <button
            type="button"
            className="btn quiet sm icon"
            aria-label={say("calls.clear")}
            onClick={() => {
              calls.filter({ text: "" });
              input.current?.focus();
            }}
          >
            <X className="i i-s" aria-hidden="true" />
          </button>
        )}
      </div>
    </div>
  );
}
