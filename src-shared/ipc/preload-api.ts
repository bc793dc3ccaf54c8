/** What the preload puts on `window.callledger`. Untyped on purpose: the bridge checks what goes out and what comes in. */
export type PreloadApi = Readonly<{
  call(frame: unknown): Promise<unknown>;
  cancel(frame: unknown): void;
  subscribe(frame: unknown): void;
  unsubscribe(frame: unknown): void;
  taken(frame: unknown): void;
  onProgress(listener: (frame: unknown) => void): void;
  onTopic(listener: (frame: unknown) => void): void;
  onOpen(listener: (frame: unknown) => void): void;
}>;
