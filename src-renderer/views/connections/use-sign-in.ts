import { useEffect, useRef, useState } from "react";
import { useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { SignInPage } from "../../../src-shared/ipc/window-contract.ts";
import type { Answer, BridgeCallOptions } from "../../bridge/bridge.ts";
import { say } from "../../words/say.ts";

type SignInCall = "integrations:connect" | "integrations:signIn";
/** Makes the call that waits for the person, with these options. */
type StartSignIn = (options: BridgeCallOptions<SignInCall>) => Promise<Answer<SignInCall>>;

export type SignIn = Readonly<{
  /** A person is being waited for. */
  isWaiting: boolean;
  /** The page that they sign in on, when it is known. */
  page: SignInPage | null;
  problem: string | null;
  start(call: StartSignIn): void;
}>;

/** How long a person has in the browser, ms. */
export const signInPatienceMs = 600_000;

/** A sign-in in the person's browser. It is called off when what shows it goes away; `onDone` when it is through. */
export function useSignIn(crm: CrmType, onDone: () => void): SignIn {
  const { notices } = useApp();
  const [page, setPage] = useState<SignInPage | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  const underWay = useRef<AbortController | null>(null);
  useEffect(() => () => underWay.current?.abort(), []);
  const start = async (call: StartSignIn): Promise<void> => {
    if (underWay.current !== null) return;
    const controller = new AbortController();
    underWay.current = controller;
    setProblem(null);
    setPage(null);
    setWaiting(true);
    const answer = await call({ signal: controller.signal, onProgress: setPage });
    underWay.current = null;
    if (controller.signal.aborted) return;
    setWaiting(false);
    setPage(null);
    if (!answer.ok) {
      setProblem(answer.fault.message);
      return;
    }
    notices.show(say("signIn.done", { crm: crmNames[crm], account: answer.value.account }));
    onDone();
  };
  return { isWaiting, page, problem, start: (call) => void start(call) };
}
