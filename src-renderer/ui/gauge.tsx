type GaugeProps = Readonly<{ ours: number; others: number; forecast: number | null }>;

/** Shares of an allowance out of 100; the tick says where it ends at this pace. The text beside it says the same. */
export const Gauge = ({ ours, others, forecast }: GaugeProps) => (
  <svg className="gauge" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    <rect width="100" height="6" className="f-track" />
    <rect width={ours} height="6" className="f-ink" />
    <rect x={ours} width={others} height="6" className="f-other" />
    {forecast === null ? null : <rect x={Math.min(99.2, forecast)} width="0.8" height="6" className="f-tick" />}
  </svg>
);
