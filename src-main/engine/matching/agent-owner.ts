import type { MirrorOwner } from "../ports/connector.ts";

/** What a person settled: agents as the log writes them (`ext:204`, a name), each with an owner's id, e-mail or name. */
function readAgents(setting: string | undefined): ReadonlyMap<string, string> {
  const pairs = (setting ?? "").split(",").map((pair) => pair.split("="));
  return new Map(pairs.flatMap(([agent = "", owner = ""]) => (owner === "" ? [] : [[agent.trim(), owner.trim()]])));
}

const plain = (text: string): string => text.normalize("NFKC").trim().replaceAll(/\s+/g, " ").toLowerCase();
/** `Example, Alice` is `Alice Example`. */
const turned = (name: string): string => name.replace(/^([^,]+),\s*(.+)$/, "$2 $1");

function ownersNamed(owners: readonly MirrorOwner[], word: string): readonly MirrorOwner[] {
  const wanted = plain(word);
  const byId = owners.filter(({ id }) => id === word.trim());
  if (byId.length > 0) return byId;
  const byMail = owners.filter(({ email }) => email !== null && plain(email) === wanted);
  if (byMail.length > 0) return byMail;
  return owners.filter(({ name }) => plain(name) === wanted || plain(name) === plain(turned(word)));
}

/**
 * The CRM's owner of a call's agent, or null. An extension is somebody's only where a person said so: a shared caller id
 * or number never names anybody. A name that two owners have names nobody.
 */
export function ownerOfAgent(
  owners: readonly MirrorOwner[],
  agent: string | null,
  setting: string | undefined,
): string | null {
  if (agent === null) return null;
  const word = readAgents(setting).get(agent) ?? (agent.startsWith("ext:") ? undefined : agent);
  if (word === undefined) return null;
  const [one, ...more] = ownersNamed(owners, word);
  return one === undefined || more.length > 0 ? null : one.id;
}
