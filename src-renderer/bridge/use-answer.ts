import { useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { useApp } from "../app.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { WindowCallAsk, WindowCallName, WindowCallOutput } from "../../src-shared/ipc/window-contract.ts";
import { isRunning as runs } from "../state/ledger-store.ts";

/** What a screen asked for. `value`: the last answer, also while a newer one is asked for; `fault`: why the newest question has none. */
export type Asked<C extends WindowCallName> = Readonly<{
  value: WindowCallOutput<C> | null;
  fault: CallFault | null;
  /** Asks again. */
  pull(): Promise<void>;
  /** Puts what a change answered in the place of the last answer. */
  put(value: WindowCallOutput<C>): void;
}>;

type State<C extends WindowCallName> = Pick<Asked<C>, "value" | "fault">;

/**
 * Asks when the screen opens, when the question becomes another, and when the agent comes back. A null question asks nothing.
 * `basis`: what the answer depends on beside the question.
 */
export function useAnswer<C extends WindowCallName>(name: C, input: WindowCallAsk<C> | null, basis = ""): Asked<C> {
  const { bridge, ledger } = useApp();
  const isRunning = useStore(ledger, runs);
  const [state, setState] = useState<State<C>>({ value: null, fault: null });
  const question = useRef({ input, count: 0 });
  question.current.input = input;
  const key = JSON.stringify(input);
  const pull = useCallback(async () => {
    const { input: ask } = question.current;
    question.current.count += 1;
    const { count } = question.current;
    if (ask === null) return;
    const answer = await bridge.call(name, ask);
    if (count !== question.current.count) return;
    setState(answer.ok ? { value: answer.value, fault: null } : ({ value }) => ({ value, fault: answer.fault }));
  }, [bridge, name]);
  useEffect(() => setState({ value: null, fault: null }), [key]);
  useEffect(() => {
    const asked = question.current;
    void pull();
    return () => {
      asked.count += 1;
    };
  }, [pull, key, basis, isRunning]);
  const put = useCallback((value: WindowCallOutput<C>) => setState({ value, fault: null }), []);
  return { ...state, pull, put };
}
