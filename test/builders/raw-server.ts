import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export type RawServer = Readonly<{
  port: number;
  url: string;
  /** Requests whose whole head and body arrived, as text. */
  requests: string[];
  /** Connections that were opened. */
  connections: () => number;
  close(): Promise<void>;
}>;

const contentLength = /content-length: (\d+)/i;

/** The first whole request in this text, or undefined while it is still arriving. */
function takeRequest(text: string): string | undefined {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const end = head + 4 + Number(contentLength.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length < end ? undefined : text.slice(0, end);
}

/** A loopback server below HTTP: `onRequest` gets the socket once a whole request has arrived, `onConnect` before any byte. */
export async function startRawServer(
  behaviour: Readonly<{ onRequest?: (socket: Socket, request: string) => void; onConnect?: (socket: Socket) => void }>,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    behaviour.onConnect?.(socket);
    let pending = "";
    socket.on("data", (chunk: Buffer) => {
      pending += chunk.toString("latin1");
      for (let request = takeRequest(pending); request !== undefined; request = takeRequest(pending)) {
        pending = pending.slice(request.length);
        requests.push(request);
        behaviour.onRequest?.(socket, request);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => opened,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A port of the loopback interface where nobody listens. */
export async function findClosedPort(): Promise<number> {
  const server = await startRawServer({});
  await server.close();
  return server.port;
}
