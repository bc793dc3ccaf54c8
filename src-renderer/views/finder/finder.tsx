import { CornerDownLeft, List, Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { type App, useApp } from "../../app.ts";
import { commandSign } from "../../state/finder-store.ts";
import { KeyHint } from "../../ui/key-hint.tsx";
import { say } from "../../words/say.ts";
import { type Command, findCommands, listCommands } from "./commands.ts";
import { FoundCall } from "./found-call.tsx";

/** Commands that are shown beside calls; alone, all of them are. */
const shownCommands = 4;

type Option = Readonly<{ id: string; section: "calls" | "do"; body: ReactNode; run: () => void }>;

/** Finds calls and commands, from anywhere. What was found stays until something newer comes. */
export function Finder({ onClose }: Readonly<{ onClose: () => void }>) {
  const app = useApp();
  const { finder } = app;
  const dialog = useRef<HTMLDialogElement>(null);
  const base = useId();
  const text = useStore(finder, (state) => state.text);
  const fault = useStore(finder, (state) => state.fault);
  const options = useOptions(app);
  const [wanted, choose] = useState(0);
  const at = Math.min(wanted, options.length - 1);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
      finder.clear();
    };
  }, [finder]);
  useEffect(() => document.querySelector(`[id="${base}-${at}"]`)?.scrollIntoView({ block: "nearest" }), [base, at]);
  const run = (option: Option | undefined): void => {
    if (option === undefined) return;
    onClose();
    option.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: options.length - 1,
    };
    const next = event.key in steps && (event.key.startsWith("Arrow") || event.ctrlKey) ? steps[event.key] : undefined;
    if (next !== undefined) choose((next + options.length) % Math.max(1, options.length));
    else if (event.key === "Enter") run(options[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={say("finder.title")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="query">
        <Search className="i" aria-hidden="true" />
        <input
          type="text"
          role="combobox"
          aria-label={say("finder.title")}
          aria-expanded="true"
          aria-controls={`${base}-list`}
          aria-activedescendant={options.length === 0 ? undefined : `${base}-${at}`}
          aria-autocomplete="list"
          placeholder={say("app.search")}
          spellCheck={false}
          maxLength={500}
          value={text}
          autoFocus
          onChange={(event) => {
            choose(0);
            void finder.look(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
        <KeyHint keys={["Esc"]} />
      </div>
      <div id={`${base}-list`} className="opts" role="listbox" aria-label={say("finder.results")}>
        {(["calls", "do"] as const).map((section) => {
          const own = options.filter((option) => option.section === section);
          return own.length === 0 ? null : (
            <div key={section} role="group" aria-labelledby={`${base}-${section}`}>
              <p id={`${base}-${section}`} className="opts-title" role="presentation">
                {say(section === "calls" ? "finder.calls" : "finder.do")}
              </p>
              {own.map((option) => {
                const index = options.indexOf(option);
                return (
                  <div
                    key={option.id}
                    id={`${base}-${index}`}
                    role="option"
                    aria-selected={index === at}
                    className={index === at ? "opt on" : "opt"}
                    onMouseMove={() => choose(index)}
                    onClick={() => run(option)}
                  >
                    {option.body}
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
      {options.length === 0 ? (
        <p className="opt dim" role="status">
          {say("finder.none", { text })}
        </p>
      ) : null}
      {fault === null ? null : <p className="problem finder-fault">{fault.message}</p>}
      <footer>
        <KeyHint keys={["↑", "↓"]}>{say("calls.move")}</KeyHint>
        <KeyHint keys={["Enter"]}>{say("calls.open")}</KeyHint>
        <span className="push">
          <KeyHint keys={[commandSign]}>{say("finder.commandsOnly")}</KeyHint>
        </span>
      </footer>
    </dialog>
  );
}

/** Calls that were found, a way to all of them, then commands. */
function useOptions(app: App): readonly Option[] {
  const { finder, ledger, calls: list, route } = app;
  const { text, foundBy, calls, hasMore } = useStore(finder);
  const connections = useStore(ledger, (state) => state.connections);
  return useMemo(() => {
    const isCommand = text.startsWith(commandSign);
    const wanted = isCommand ? text.slice(commandSign.length) : text;
    const showAll = (): void => {
      list.filter({ text: foundBy ?? "", outcome: null, span: null });
      route.go({ view: "calls" });
    };
    const found: readonly Option[] = isCommand
      ? []
      : calls.map((line) => ({
          id: `call ${line.rowId}`,
          section: "calls",
          body: <FoundCall line={line} query={foundBy ?? ""} />,
          run: () => route.go({ view: "call", callId: line.callId, tenant: line.tenant }),
        }));
    const all: Option = {
      id: "all",
      section: "calls",
      body: <AllCalls text={foundBy ?? ""} hasMore={hasMore} />,
      run: showAll,
    };
    const commands = findCommands(listCommands(app), wanted);
    const shown = isCommand || text === "" ? commands : commands.slice(0, shownCommands);
    return [
      ...found,
      ...(found.length === 0 ? [] : [all]),
      ...shown.map((command): Option => ({
        id: command.id,
        section: "do",
        body: <CommandLine command={command} />,
        run: command.run,
      })),
    ];
    // The commands depend on the accounts' states.
  }, [app, list, route, text, foundBy, calls, hasMore, connections]);
}

const AllCalls = ({ text, hasMore }: Readonly<{ text: string; hasMore: boolean }>) => (
  <>
    <List className="i" aria-hidden="true" />
    <span>{say("finder.all", { text, hasMore: String(hasMore) })}</span>
    <span className="push small dim">{say("finder.inCalls")}</span>
  </>
);

function CommandLine({ command: { icon: Icon, text, keys } }: Readonly<{ command: Command }>) {
  return (
    <>
      <Icon className="i" aria-hidden="true" />
      <span>{text}</span>
      <span className="push">
        {keys.length === 0 ? <CornerDownLeft className="i i-s" aria-hidden="true" /> : <KeyHint keys={keys} />}
      </span>
    </>
  );
}
