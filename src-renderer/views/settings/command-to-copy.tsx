import { Copy } from "lucide-react";
import { useApp } from "../../app.ts";
import { Button } from "../../ui/button.tsx";
import { say } from "../../words/say.ts";

/** What is done on the command line, since a window takes no secret: its button puts the command where it can be pasted. */
export function CommandToCopy({ command, label }: Readonly<{ command: string; label: string }>) {
  const { notices } = useApp();
  const copy = (): void => void navigator.clipboard.writeText(command).then(() => notices.show(say("connect.copied")));
  return (
    <Button label={label} onPress={copy}>
      <Copy className="i i-s" aria-hidden="true" />
      {say("settings.copyCommand")}
    </Button>
  );
}
