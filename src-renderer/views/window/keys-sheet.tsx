import { Button } from "../../ui/button.tsx";
import { KeyHint } from "../../ui/key-hint.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import type { MessageKey } from "../../words/en.ts";
import { say } from "../../words/say.ts";

type Line = Readonly<{ keys: readonly string[]; text: MessageKey }>;
const sections: readonly Readonly<{ title: MessageKey; lines: readonly Line[] }>[] = [
  {
    title: "keys.everywhere",
    lines: [
      { keys: ["Ctrl", "K"], text: "keys.find" },
      { keys: ["Ctrl", "1 – 7"], text: "keys.screens" },
      { keys: ["Ctrl", ","], text: "keys.settings" },
      { keys: ["/"], text: "keys.search" },
      { keys: ["F6"], text: "keys.parts" },
      { keys: ["Alt", "← →"], text: "keys.back" },
      { keys: ["Esc"], text: "keys.escape" },
      { keys: ["?"], text: "keys.help" },
    ],
  },
  {
    title: "keys.lists",
    lines: [
      { keys: ["↑", "↓"], text: "keys.move" },
      { keys: ["Home", "End"], text: "keys.ends" },
      { keys: ["PgUp", "PgDn"], text: "keys.pages" },
      { keys: ["Enter"], text: "keys.open" },
      { keys: ["C"], text: "keys.copy" },
    ],
  },
];

/** Every shortcut, where a person looks for them. */
export const KeysSheet = ({ onClose }: Readonly<{ onClose: () => void }>) => (
  <Sheet title={say("keys.title")} onClose={onClose} footer={<Button onPress={onClose}>{say("connect.close")}</Button>}>
    <div className="key-lists">
      {sections.map(({ title, lines }) => (
        <section key={title}>
          <h3>{say(title)}</h3>
          <dl>
            {lines.map(({ keys, text }) => (
              <div key={text}>
                <dt>
                  <KeyHint keys={keys} />
                </dt>
                <dd>{say(text)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  </Sheet>
);
