import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CrmType } from "../../../src-shared/domain/integration.ts";
import type { Exchange, WrittenView } from "../../../src-shared/ipc/written-views.ts";
import { useApp } from "../../app.ts";
import { say } from "../../words/say.ts";

/** Request and answer as they stand in the record of this call; secrets never came into it. */
export function AsSent({ view, crm }: Readonly<{ view: WrittenView; crm: CrmType }>) {
  if (view.exchanges.length === 0) return <p>{say("sent.none", { crm: crmNames[crm] })}</p>;
  return (
    <ol className="exchanges">
      {view.exchanges.map((exchange, index) => (
        // Entries are append-only and have no id of their own here.
        <li key={`${exchange.at}-${index}`}>
          <ExchangeText exchange={exchange} />
        </li>
      ))}
    </ol>
  );
}

function ExchangeText({ exchange }: Readonly<{ exchange: Exchange }>) {
  const { formats, now } = useApp();
  const { at, operation, summary, status, code, pushed, answered, isCut } = exchange;
  const head = [operation, status, code].filter((part) => part !== null).join("  ");
  return (
    <>
      <p>
        <time dateTime={new Date(at).toISOString()}>{formats.dayAndTime(at, now())}</time> {summary}{" "}
        <span className="mono faint">{head}</span>
      </p>
      {pushed === null ? null : <Code title={say("sent.sent")} text={pushed} />}
      {answered === null ? null : <Code title={say("sent.answered")} text={answered} />}
      {isCut ? <p className="faint">{say("sent.cut")}</p> : null}
    </>
  );
}

/** Long texts scroll by themselves, so the keyboard must reach them. */
const Code = ({ title, text }: Readonly<{ title: string; text: string }>) => (
  <figure className="sent-text">
    <figcaption>{title}</figcaption>
    <pre className="code" tabIndex={0} aria-label={title}>
      {text}
    </pre>
  </figure>
);
