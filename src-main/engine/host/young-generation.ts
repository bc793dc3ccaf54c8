import { setFlagsFromString } from "node:v8";

let isHeld = false;

/**
 * Keeps V8's young generation from growing while the program's code is loaded: it never shrinks again, and what it grew to
 * by loading (up to 64 MB) is of no use to anybody. To be called before the modules are imported.
 */
export function holdYoungGeneration(): void {
  isHeld = true;
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** From here on it may grow again by what the work needs. Does nothing where it was not held. */
export function releaseYoungGeneration(): void {
  if (!isHeld) return;
  isHeld = false;
  // V8's own value.
  setFlagsFromString("--semi-space-growth-factor=2");
}
