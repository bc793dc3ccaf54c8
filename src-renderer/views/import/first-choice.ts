import type { SourceView } from "../../../src-shared/ipc/ingest-views.ts";
import type { Offer, ReadingChoice } from "../../state/reading-store.ts";
import { countryOf } from "./countries.ts";

type Ask = Readonly<{
  tenants: readonly string[];
  sources: readonly SourceView[];
  offer: Offer;
  languages: readonly string[];
  timeZone: string;
}>;

/** What most probably is right: as the company's last source is read, else as this PC is set. */
export function firstChoice({ tenants, sources, offer, languages, timeZone }: Ask): ReadingChoice {
  const tenant = tenants[0] ?? "";
  const like = sources.findLast((source) => source.tenant === tenant)?.settings;
  return {
    tenant,
    system: "",
    region: like?.region ?? countryOf(languages),
    timeZone: like?.timeZone ?? timeZone,
    watch: offer.isFolder,
  };
}
