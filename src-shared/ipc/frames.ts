import { z } from "zod";
import { callFault } from "./contract.ts";
import { engineEvent } from "./events.ts";

/**
 * What travels on the engine's local socket: one JSON object a line. The first line of a connection is `hello` with the
 * token of the endpoint file; everything before a right one is dropped.
 */
export const protocolVersion = 1;

/** Bytes of one line. A request holds at most a list of paths; an answer at most a page of entries. */
export const maxRequestBytes = 2 * 1024 * 1024;
export const maxAnswerBytes = 16 * 1024 * 1024;

export const helloFrame = z.strictObject({ hello: z.string(), protocol: z.int(), events: z.boolean() });

/** `id` numbers the requests of a connection; `requestId` names a change, so that it is done once however often it is sent. */
export const requestFrame = z.union([
  z.strictObject({
    id: z.int().nonnegative(),
    call: z.string().max(100),
    input: z.unknown(),
    requestId: z.string().min(8).max(100).optional(),
  }),
  z.strictObject({ id: z.int().nonnegative(), cancel: z.literal(true) }),
]);
export type RequestFrame = Readonly<z.infer<typeof requestFrame>>;

export const answerFrame = z.union([
  z.strictObject({ welcome: z.literal(true), pid: z.int(), protocol: z.int() }),
  z.strictObject({ id: z.int(), progress: z.unknown() }),
  z.strictObject({ id: z.int(), fault: callFault }),
  z.strictObject({ id: z.int(), result: z.unknown() }),
  z.strictObject({ push: engineEvent }),
]);
export type AnswerFrame = Readonly<z.infer<typeof answerFrame>>;

/** Where a running engine listens, as the file in its data folder says. Read and write only for its user. */
export const endpoint = z.strictObject({
  protocol: z.int(),
  /** Path of a Unix socket, or name of a Windows pipe. */
  address: z.string(),
  token: z.string(),
  pid: z.int(),
});
export type Endpoint = Readonly<z.infer<typeof endpoint>>;
