import { isIP } from "node:net";
import { windowScript } from "./window-script.ts";

export type RedisTarget = Readonly<{
  /** Without a password. */
  url: string;
  password: string | null;
  /** Certificates that are trusted where the address is one with TLS. */
  trusted: () => readonly string[];
}>;

/** A connection to the team's Redis. */
export type RedisLine = Readonly<{
  /** Runs the script on one key. Rejects with `RedisProblem`. */
  visit(key: string, message: string): Promise<string>;
  /** Resolves, with what is wrong, when the connection is over. */
  over: Promise<string>;
  close(): void;
}>;

/** Redis cannot be used; the message is for people and holds nothing of what was said to it. */
export class RedisProblem extends Error {
  override readonly name = "RedisProblem";
}

const connectMs = 3_000;

/** By the first word of an answer, or the code of a failed connection. */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at its address",
  ENOTFOUND: "its host name is not known",
  EAI_AGAIN: "its host name cannot be looked up now",
  EHOSTUNREACH: "its host cannot be reached",
  ENETUNREACH: "its network cannot be reached",
  ETIMEDOUT: "it does not answer",
  ECONNRESET: "it closed the connection",
  WRONGPASS: "it refuses the user or the password",
  NOAUTH: "it wants a password",
  NOPERM:
    "its user may not do what is needed: EVAL, EVALSHA, SCRIPT LOAD, GET, SET, TIME and INFO on keys callledger:*",
  OOM: "its memory is full",
  READONLY: "it is a copy that takes no writes: name the main one",
  LOADING: "it is starting",
  MISCONF: "it cannot write to its disk and therefore takes no writes",
  BUSY: "it is busy with a script of somebody else",
  MOVED: "it is part of a cluster: name a Redis that is none",
  CLUSTERDOWN: "it is part of a cluster that is down",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not signed by anybody this PC trusts",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not signed by anybody this PC trusts",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not signed by anybody this PC trusts",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
};

/** Only codes are told: texts of Redis and of its client repeat what was sent. */
export function toRedisSentence(error: unknown): string {
  if (!(error instanceof Error)) return "it fails";
  if (error.name === "ConnectionTimeoutError") return "it does not answer";
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  const code =
    "code" in error && typeof error.code === "string" ? error.code : (/^[A-Z_]{3,40}\b/.exec(error.message)?.[0] ?? "");
  const known = sentences[code];
  if (known !== undefined) return known;
  if (inner instanceof Error) return toRedisSentence(inner);
  if (/closed/i.test(error.name) || /closed/i.test(error.message)) return "it closed the connection";
  return code === "" ? `it fails (${error.name})` : `it fails (${code})`;
}

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith("NOSCRIPT");

/** The client is loaded at the first use: who is in no team starts without it. */
async function clientOf({ url, password, trusted }: RedisTarget) {
  const { protocol, hostname, port, username, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const base = {
    host,
    port: port === "" ? 6_379 : Number(port),
    connectTimeout: connectMs,
    reconnectStrategy: false,
  } as const;
  // An address of numbers is no name that a server could be asked for.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = protocol === "rediss:" ? { ...base, ...name, tls: true as const, ca: [...trusted()] } : base;
  const database = Number(pathname.slice(1));
  const { createClient } = await import("@redis/client");
  return createClient({
    socket,
    RESP: 2,
    database,
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === null ? {} : { password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
  });
}

/** Connects, signs in and loads the script once. Rejects with `RedisProblem`. */
export async function openRedisLine(target: RedisTarget): Promise<RedisLine> {
  const client = await clientOf(target);
  let problem = "it closed the connection";
  const over = new Promise<string>((resolve) => {
    client.on("error", (error: unknown) => {
      problem = toRedisSentence(error);
      resolve(problem);
    });
    client.on("end", () => resolve(problem));
  });
  const close = (): void => {
    if (client.isOpen) client.destroy();
  };
  try {
    await client.connect();
    await client.scriptLoad(windowScript.text);
  } catch (error) {
    close();
    throw new RedisProblem(toRedisSentence(error));
  }
  return {
    over,
    close,
    async visit(key, message) {
      const options = { keys: [key], arguments: [message] };
      try {
        const answer = await client.evalSha(windowScript.sha1, options).catch((error: unknown) => {
          // Somebody emptied its memory of scripts.
          if (isUnknownScript(error)) return client.eval(windowScript.text, options);
          throw error;
        });
        if (typeof answer !== "string") throw new Error("SCRIPT");
        return answer;
      } catch (error) {
        throw new RedisProblem(toRedisSentence(error));
      }
    },
  };
}
