import { randomUUID } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Opens an empty file for reading and writing that has no name any more: it is gone when its handle is closed. */
export async function openUnseenFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `callledger-${randomUUID()}`);
  const handle = await open(path, "wx+", 0o600);
  try {
    await unlink(path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
