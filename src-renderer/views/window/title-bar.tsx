import { Search } from "lucide-react";
import { useStore } from "zustand";
import { useApp } from "../../app.ts";
import { KeyHint } from "../../ui/key-hint.tsx";
import { say } from "../../words/say.ts";

const Logo = () => (
  <svg className="logo" viewBox="0 0 18 18" aria-hidden="true">
    <rect width="18" height="18" rx="4.5" fill="var(--ink)" />
    <path
      d="m4.6 7.1 2.3 2.3 5.4-5.2"
      fill="none"
      stroke="var(--on-ink)"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
    <path d="M4.5 12.1h9M4.5 14.4h9" stroke="var(--on-ink)" strokeWidth="1.1" strokeLinecap="round" />
  </svg>
);

/** The companies whose CRMs are connected, where there is one. */
const companyOf = (tenants: readonly string[]): string => {
  const [first, ...others] = new Set(tenants);
  return first === undefined || others.length > 0 ? "" : first;
};

export function TitleBar({ onFind }: Readonly<{ onFind: (() => void) | null }>) {
  const { ledger } = useApp();
  const company = useStore(ledger, ({ connections }) => companyOf((connections ?? []).map(({ tenant }) => tenant)));
  return (
    <header className="titlebar">
      <div className="brand">
        <Logo />
        {say("app.name")} <span className="faint">{company}</span>
      </div>
      {onFind === null ? null : (
        <div className="omni-place" role="search" aria-label={say("app.searchLabel")}>
          <button type="button" className="omni" aria-haspopup="dialog" aria-keyshortcuts="Control+K" onClick={onFind}>
            <Search className="i i-s" aria-hidden="true" />
            <span className="clip">{say("app.search")}</span>
            <span className="push">
              <KeyHint keys={["Ctrl", "K"]} />
            </span>
          </button>
        </div>
      )}
    </header>
  );
}
