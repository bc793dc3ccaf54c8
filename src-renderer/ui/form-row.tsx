import { type ReactNode, useId } from "react";

type FormRowProps = Readonly<{
  label: string;
  text?: string;
  error?: string | undefined;
  children: (ids: Readonly<{ id: string; describedBy: string | undefined }>) => ReactNode;
}>;

/** A field with its label above and what is wrong beneath, as a sentence. */
export function FormRow({ label, text, error, children }: FormRowProps) {
  const id = useId();
  const hasMore = text !== undefined || error !== undefined;
  return (
    <div className="form-row">
      <label htmlFor={id}>{label}</label>
      {children({ id, describedBy: hasMore ? `${id}-more` : undefined })}
      {hasMore ? (
        <p id={`${id}-more`} className={error === undefined ? "small dim" : "small problem"}>
          {error ?? text}
        </p>
      ) : null}
    </div>
  );
}
