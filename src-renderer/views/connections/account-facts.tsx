import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import type { IntegrationView } from "../../../src-shared/ipc/integration-views.ts";
import type { Connection } from "../../state/ledger-store.ts";
import { Button } from "../../ui/button.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { say } from "../../words/say.ts";

/** What was agreed when it was connected. The key itself is never shown: this window does not have it. */
export function AccountFacts({ connection }: Readonly<{ connection: Connection }>) {
  const { connections } = useApp();
  const account = useStore(connections, ({ accounts }) => accounts.find(({ id }) => id === connection.id));
  const fault = useStore(connections, (state) => (state.status === "failed" ? state.fault : null));
  if (fault !== null)
    return (
      <div>
        <p className="problem">{fault.message}</p>
        <Button size="small" onPress={() => void connections.load()}>
          {say("calls.retry")}
        </Button>
      </div>
    );
  return account === undefined ? <Skeleton lines={3} /> : <Facts account={account} />;
}

function Facts({ account }: Readonly<{ account: IntegrationView }>) {
  const { formats, now } = useApp();
  const { unknownCaller, since, secret, createdAt, tenant } = account;
  return (
    <dl className="agreed">
      <dt>{say("connections.unknown")}</dt>
      <dd>{say("connections.unknownText", { policy: unknownCaller })}</dd>
      <dt>{say("connections.since")}</dt>
      <dd>{since === null ? say("connections.sinceAll") : say("connections.sinceDay", { day: formats.day(since) })}</dd>
      <dt>{say("connections.key")}</dt>
      <dd>
        {secret.kind === "keychain"
          ? say("connections.keyInKeychain")
          : say("connections.keyInVariable", { name: secret.name })}
      </dd>
      <dt>{say("import.company")}</dt>
      <dd>{say("connections.companySince", { company: tenant, time: formats.when(createdAt, now()) })}</dd>
    </dl>
  );
}
