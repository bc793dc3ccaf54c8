/** What stands where text will be, at its final height. Appears after 150 ms, so that quick answers do not flicker. */
export const Skeleton = ({ lines }: Readonly<{ lines: number }>) => (
  <div className="sk-box" aria-hidden="true">
    {Array.from({ length: lines }, (_, index) => (
      <div key={index} className={`sk w${[100, 80, 60][index % 3]}`} />
    ))}
  </div>
);
