type SegmentsProps<T extends string> = Readonly<{
  label: string;
  options: readonly Readonly<{ id: T; text: string }>[];
  chosen: T;
  onChoose: (id: T) => void;
}>;

/** A choice between a few views of one thing. */
export const Segments = <T extends string>({ label, options, chosen, onChoose }: SegmentsProps<T>) => (
  <span className="seg" role="group" aria-label={label}>
    {options.map(({ id, text }) => (
      <button
        key={id}
        type="button"
        className={id === chosen ? "on" : undefined}
        aria-pressed={id === chosen}
        onClick={() => onChoose(id)}
      >
        {text}
      </button>
    ))}
  </span>
);
