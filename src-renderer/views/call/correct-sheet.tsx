import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { DeliveryStory } from "../../../src-shared/ipc/story-views.ts";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { say } from "../../words/say.ts";
import { MatchPanel } from "../attention/match-panel.tsx";

/** Who the call was with, in one CRM: to be said, or corrected. */
export function CorrectSheet({ delivery, onClose }: Readonly<{ delivery: DeliveryStory; onClose: () => void }>) {
  const { story } = useApp();
  const settled = (): void => {
    onClose();
    void story.refresh();
  };
  return (
    <Sheet
      title={say("choice.in", { crm: crmNames[delivery.crm] })}
      isWide
      onClose={onClose}
      footer={<Button onPress={onClose}>{say("choice.leave")}</Button>}
    >
      <MatchPanel deliveryId={delivery.deliveryId} onSettled={settled} />
    </Sheet>
  );
}
