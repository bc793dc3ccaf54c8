import { type ReactNode, useEffect, useId, useRef } from "react";

type SheetProps = Readonly<{
  title: string;
  children: ReactNode;
  footer: ReactNode;
  /** Beside the title. */
  aside?: ReactNode;
  /** For what stands side by side. */
  isWide?: boolean;
  onClose: () => void;
}>;

/** A dialog of the platform: focus stays inside and returns, Esc is the safe answer. */
export function Sheet({ title, children, footer, aside, isWide = false, onClose }: SheetProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={isWide ? "sheet wide" : "sheet"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      <div className="sheet-body">{children}</div>
      <footer className="btns">{footer}</footer>
    </dialog>
  );
}
