import { Component, type ReactNode } from "react";
import { say } from "../words/say.ts";
import { Button } from "./button.tsx";
import { Empty } from "./empty.tsx";

type Props = Readonly<{ children: ReactNode; onReload: () => void }>;
type State = Readonly<{ hasFailed: boolean }>;

/** A bug of a screen stays in the screen: rail and title bar go on, and the calls are safe. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Empty title={say("error.crash")} text={say("error.crashText")}>
        <Button look="primary" onPress={this.props.onReload}>
          {say("error.reload")}
        </Button>
      </Empty>
    );
  }
}
