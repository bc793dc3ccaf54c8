import type { CallFault } from "../../src-shared/ipc/contract.ts";
import { say } from "../words/say.ts";
import { Button } from "./button.tsx";

/** A part of a page that could not be loaded: why, and the way to try again. */
export const LoadFault = ({ fault, onRetry }: Readonly<{ fault: CallFault; onRetry: () => void }>) => (
  <div className="load-fault">
    <p className="problem">{fault.message}</p>
    <Button size="small" onPress={onRetry}>
      {say("calls.retry")}
    </Button>
  </div>
);
