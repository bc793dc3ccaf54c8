import { readFile, readdir, rename, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { join } from "node:path";

/** What engine and commands say to one another, line by line. */
export type Eavesdropper = Readonly<{ lines: () => readonly string[]; server: Server }>;

/** Stands between the engine's socket and whoever asks it, at an address of its own. */
export async function listenIn(dataDir: string, address: string): Promise<Eavesdropper> {
  const file = join(dataDir, "engine-endpoint.json");
  const endpoint = JSON.parse(await readFile(file, "utf8")) as { address: string };
  const said: string[] = [];
  const server = createServer((client) => {
    const engine = createConnection(endpoint.address);
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      from.on("data", (chunk: Buffer) => void said.push(chunk.toString("utf8")));
      from.on("error", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(address, resolve));
  await writeFile(`${file}.new`, JSON.stringify({ ...endpoint, address }), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return { lines: () => said.join("").split("\n"), server };
}

/** Every byte of every file below a folder, names included. */
export async function readEverything(of: string): Promise<string> {
  const names = await readdir(of, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")));
  return [...names.map(({ name }) => name), ...texts].join("\n");
}

/** The forms in which a text may turn up: as it is, in an address, in a form, in JSON, in base64. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const inForm = new URLSearchParams({ "": secret }).toString().slice(1);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const unpadded = bytes.toString("base64").replace(/=+$/, "");
  return [...new Set([secret, encodeURIComponent(secret), inForm, inJson, unpadded, bytes.toString("base64url")])];
}
