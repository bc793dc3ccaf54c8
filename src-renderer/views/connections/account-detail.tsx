import { Pause, Play, RefreshCw } from "lucide-react";
import { useState } from "react";
import { useStore } from "zustand";
import { type App, useApp } from "../../app.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Button } from "../../ui/button.tsx";
import { CrmTag } from "../../ui/crm-tag.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";
import { toHealth } from "../overview/connection-health.ts";
import { AccountChecks } from "./account-checks.tsx";
import { AccountFacts } from "./account-facts.tsx";
import { AllowanceList } from "./allowance-list.tsx";
import { PeopleCopy } from "./people-copy.tsx";
import { SignInSheet } from "./sign-in-sheet.tsx";

type Props = Readonly<{ connection: Connection }>;
const nameOf = ({ crm, label }: Connection): string => (label === "" ? crmNames[crm] : label);

/** One account: the verdict, what to do, the last look at it, and what it may use. */
export function AccountDetail({ connection }: Props) {
  const { formats, now } = useApp();
  const { crm, tenant, account, state } = connection;
  const { key, values } = toHealth(connection, now(), formats.time);
  const { queued, waiting, uncertain } = connection.deliveries;
  return (
    <section className="detail" aria-label={nameOf(connection)}>
      <div>
        <p className="eyebrow">
          <CrmTag crm={crm} />
          {crmNames[crm]}
          <span className="faint">{account === null ? tenant : say("connections.as", { account })}</span>
        </p>
        <h2 className="lede">
          {state === "blocked" ? say(key, values) : say("connections.verdict", { verdict: say(key, values) })}
        </h2>
        <p className="body">
          {say(state === "active" ? "connections.open" : "connections.waits", { count: queued + waiting + uncertain })}
        </p>
        <Actions connection={connection} />
      </div>
      <div className="two">
        <AccountChecks connection={connection} />
        <div className="stack">
          <AllowanceList connection={connection} />
          <PeopleCopy connection={connection} />
          <AccountFacts connection={connection} />
        </div>
      </div>
    </section>
  );
}

async function turn({ connections, notices }: App, connection: Connection, to: "pause" | "resume"): Promise<void> {
  const note = say(to === "pause" ? "pause.note" : "pause.resumeNote");
  const answer = await connections.setPaused(connection.id, to === "pause", note);
  if (answer === undefined) return;
  const crm = nameOf(connection);
  notices.show(
    answer.ok ? say(to === "pause" ? "connections.paused" : "connections.resumed", { crm }) : answer.fault.message,
  );
}

function Actions({ connection }: Props) {
  const app = useApp();
  const { connections } = app;
  const busy = useStore(connections, (state) => state.busy);
  const [isRemoving, setRemoving] = useState(false);
  const [isSigningIn, setSigningIn] = useState(false);
  const { id, crm, state, blockedReason } = connection;
  const isStopped = state === "paused";
  return (
    <div className="btns">
      {state === "blocked" && blockedReason === "auth_revoked" ? (
        <Button look="primary" disabled={busy !== null} onPress={() => setSigningIn(true)}>
          {say("signIn.start", { crm: crmNames[crm] })}
        </Button>
      ) : null}
      <Button disabled={busy !== null} onPress={() => void connections.check(id)}>
        <RefreshCw className="i" aria-hidden="true" />
        {say(busy === id ? "blocked.checking" : "connections.check")}
      </Button>
      {state === "blocked" ? null : (
        <Button disabled={busy !== null} onPress={() => void turn(app, connection, isStopped ? "resume" : "pause")}>
          {isStopped ? <Play className="i" aria-hidden="true" /> : <Pause className="i" aria-hidden="true" />}
          {say(isStopped ? "connections.resume" : "connections.pause")}
        </Button>
      )}
      <Button look="quiet" className="danger push" disabled={busy !== null} onPress={() => setRemoving(true)}>
        {say("connections.remove")}
      </Button>
      {isSigningIn ? <SignInSheet connection={connection} onClose={() => setSigningIn(false)} /> : null}
      {isRemoving ? <RemoveSheet connection={connection} onClose={() => setRemoving(false)} /> : null}
    </div>
  );
}

/** Says what would never be sent before it happens. */
function RemoveSheet({ connection, onClose }: Props & Readonly<{ onClose: () => void }>) {
  const { connections, notices, route } = useApp();
  const [problem, setProblem] = useState<string | null>(null);
  const busy = useStore(connections, (state) => state.busy);
  const { id, deliveries } = connection;
  const crm = nameOf(connection);
  const { queued, waiting, sending, uncertain, dead, delivered } = deliveries;
  const remove = async (): Promise<void> => {
    const answer = await connections.remove(id);
    if (answer === undefined) return;
    if (!answer.ok) {
      setProblem(answer.fault.message);
      return;
    }
    notices.show(say("connections.removed", { crm }));
    onClose();
    route.go({ view: "connections", id: null });
  };
  return (
    <Sheet
      title={say("connections.removeTitle", { crm })}
      onClose={onClose}
      footer={
        <>
          <Button look="primary" disabled={busy !== null} onPress={() => void remove()}>
            {say("connections.removeButton")}
          </Button>
          <Button onPress={onClose}>{say("note.cancel")}</Button>
        </>
      }
    >
      <p className="dim">
        {say("connections.removeText", { crm, open: queued + waiting + sending + uncertain + dead, done: delivered })}
      </p>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </Sheet>
  );
}
