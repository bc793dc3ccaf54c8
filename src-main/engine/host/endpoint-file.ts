import { createHash } from "node:crypto";
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { endpoint, type Endpoint } from "../../../src-shared/ipc/frames.ts";

/** Name of the file in the data folder that says where the engine listens, with its token. */
export const endpointFileName = "engine-endpoint.json";

/** Longest path a Unix socket may have everywhere: macOS has 104 bytes, the closing zero included. */
const maxSocketPathBytes = 100;

/** Where to listen: first choice, and where a file system has no sockets or the path is too long, a short private folder. */
export type Address = Readonly<{ path: string; ownFolder: string | null }>;

export function preferredAddress(dataDir: string, platform: NodeJS.Platform, nonce: string): Address | undefined {
  if (platform === "win32") {
    const folder = createHash("sha256").update(dataDir.toLowerCase()).digest("hex").slice(0, 16);
    return { path: `\\\\.\\pipe\\callledger-${folder}-${nonce}`, ownFolder: null };
  }
  const path = join(dataDir, "engine.sock");
  return Buffer.byteLength(path) <= maxSocketPathBytes ? { path, ownFolder: null } : undefined;
}

/** A folder of our own (0700) with a short path, for the socket alone. */
export async function shortAddress(env: NodeJS.ProcessEnv): Promise<Address> {
  const places = [env["XDG_RUNTIME_DIR"], tmpdir(), "/tmp"];
  let lastError: unknown = new Error("no folder for temporary files has a path short enough for a socket");
  for (const place of places) {
    if (place === undefined || Buffer.byteLength(place) > maxSocketPathBytes - 32) continue;
    try {
      const ownFolder = await mkdtemp(join(place, "callledger-"));
      return { path: join(ownFolder, "engine.sock"), ownFolder };
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

/** Writes the endpoint so that a reader sees the whole of it or none. */
export async function writeEndpoint(dataDir: string, value: Endpoint): Promise<void> {
  const file = join(dataDir, endpointFileName);
  const draft = `${file}.${value.pid}.tmp`;
  await writeFile(draft, JSON.stringify(value), { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}

/** The endpoint of the engine that runs on this data folder, or undefined where there is none to be read (yet). */
export async function readEndpoint(dataDir: string): Promise<Endpoint | undefined> {
  try {
    const parsed = endpoint.safeParse(JSON.parse(await readFile(join(dataDir, endpointFileName), "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the endpoint file away if it still is ours. */
export async function removeEndpoint(dataDir: string, ours: Endpoint): Promise<void> {
  const current = await readEndpoint(dataDir);
  if (current?.token === ours.token) await rm(join(dataDir, endpointFileName), { force: true });
}

/** Takes away the socket file that an engine which was killed left behind. Only the holder of the lock may. */
export async function removeStaleSocket(dataDir: string): Promise<void> {
  if (process.platform === "win32") return;
  const old = await readEndpoint(dataDir);
  await rm(join(dataDir, "engine.sock"), { force: true });
  await rm(join(dataDir, endpointFileName), { force: true });
  const oldFolder = old === undefined ? dataDir : dirname(old.address);
  // Only a folder that shortAddress made: the file could have been written by anybody who may write here.
  if (old !== undefined && oldFolder !== dataDir && /[\\/]callledger-[A-Za-z0-9]{6}$/.test(oldFolder))
    await rm(join(oldFolder, "engine.sock"), { force: true });
}
