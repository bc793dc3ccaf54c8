import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { FormRow } from "../../ui/form-row.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";

type AcknowledgeSheetProps = Readonly<{
  count: number;
  crm: string;
  onClose: () => void;
  onAcknowledge: (note: string) => void;
}>;

/** Acknowledging needs a note: a colleague must understand it next year. */
export function AcknowledgeSheet({ count, crm, onClose, onAcknowledge }: AcknowledgeSheetProps) {
  const [note, setNote] = useState("");
  const [isMissing, setMissing] = useState(false);
  const acknowledge = (): void => {
    if (note.trim() === "") setMissing(true);
    else onAcknowledge(note.trim());
  };
  return (
    <Sheet
      title={say("note.title", { count })}
      onClose={onClose}
      footer={
        <>
          <Button look="primary" onPress={acknowledge}>
            {say("attention.acknowledgeButton")}
          </Button>
          <Button onPress={onClose}>{say("note.cancel")}</Button>
        </>
      }
    >
      <p className="dim">{say("note.text", { count, crm })}</p>
      <FormRow label={say("note.label")} error={isMissing ? say("note.missing") : undefined}>
        {({ id, describedBy }) => (
          <textarea
            id={id}
            aria-describedby={describedBy}
            aria-invalid={isMissing}
            rows={3}
            maxLength={1_000}
            value={note}
            autoFocus
            onChange={(event) => {
              setNote(event.currentTarget.value);
              setMissing(false);
            }}
          />
        )}
      </FormRow>
    </Sheet>
  );
}
