import { Search } from "lucide-react";
import { type ReactNode, useState } from "react";
import { toHash } from "../../state/route.ts";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";
import { AboutSettings } from "./about-settings.tsx";
import { AlertSettings } from "./alert-settings.tsx";
import { DataSettings } from "./data-settings.tsx";
import { GeneralSettings } from "./general-settings.tsx";
import { HealthSettings } from "./health-settings.tsx";
import { NoticeSettings } from "./notice-settings.tsx";
import { RetentionSettings } from "./retention-settings.tsx";
import { SettingQuery } from "./setting-row.tsx";
import { SilenceSettings } from "./silence-settings.tsx";

type Page = Readonly<{ name: string; label: MessageKey; show: () => ReactNode }>;

const pages: readonly [Page, ...Page[]] = [
  { name: "general", label: "settings.general", show: () => <GeneralSettings /> },
  { name: "notifications", label: "settings.notices", show: () => <NoticeSettings /> },
  { name: "alerts", label: "settings.alerts", show: () => <AlertSettings /> },
  { name: "silence", label: "settings.silence", show: () => <SilenceSettings /> },
  {
    name: "data",
    label: "settings.data",
    show: () => (
      <>
        <DataSettings />
        <RetentionSettings />
      </>
    ),
  },
  { name: "health", label: "settings.health", show: () => <HealthSettings /> },
  { name: "about", label: "settings.about", show: () => <AboutSettings /> },
];

/** Each setting with its effect; a change counts at once and can be taken back. */
export function SettingsView({ section }: Readonly<{ section: string | null }>) {
  const [query, setQuery] = useState("");
  const open = pages.find(({ name }) => name === section) ?? pages[0];
  const isSearching = query.trim() !== "";
  return (
    <>
      <header className="bar ruled">
        <h1>{say("settings.title")}</h1>
        <label className="field push search-set">
          <Search className="i i-s" aria-hidden="true" />
          <input
            type="search"
            value={query}
            placeholder={say("settings.find")}
            aria-label={say("settings.find")}
            onChange={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setQuery("");
            }}
          />
        </label>
      </header>
      <div className="split settings">
        <nav aria-label={say("settings.title")}>
          {pages.map(({ name, label }) => (
            <a
              key={name}
              href={toHash({ view: "settings", section: name })}
              aria-current={!isSearching && name === open.name ? "page" : undefined}
              onClick={() => setQuery("")}
            >
              {say(label)}
            </a>
          ))}
        </nav>
        <div className="settings-page" tabIndex={-1}>
          <SettingQuery value={query.trim().toLowerCase()}>
            {isSearching ? pages.map(({ name, show }) => <div key={name}>{show()}</div>) : open.show()}
          </SettingQuery>
          <p className="no-match dim">{say("settings.noMatch", { query: query.trim() })}</p>
        </div>
      </div>
    </>
  );
}
