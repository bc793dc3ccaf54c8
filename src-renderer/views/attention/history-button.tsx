import { History } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";
import { RunHistory } from "./run-history.tsx";

/** Opens what was done with failed calls, whatever needs attention now. */
export function HistoryButton() {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button look="quiet" onPress={() => setOpen(true)}>
        <History className="i" aria-hidden="true" />
        {say("history.title")}
      </Button>
      {isOpen ? (
        <Sheet
          title={say("history.title")}
          onClose={close}
          footer={<Button onPress={close}>{say("connect.close")}</Button>}
        >
          <RunHistory />
        </Sheet>
      ) : null}
    </>
  );
}
