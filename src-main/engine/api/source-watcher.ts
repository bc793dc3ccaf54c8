export function startSourceWatcher(_source: unknown, _parts: unknown): { stop(): Promise<void> } {
  return { stop: async () => undefined };
}
