/** One end of a connection that carries whole messages in order: to a utility process, or to a Node child. */
export type Channel = Readonly<{
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The other end is gone. */
  onClose(listener: () => void): void;
}>;
