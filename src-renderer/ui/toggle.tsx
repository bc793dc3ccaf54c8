type ToggleProps = Readonly<{
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  disabled?: boolean;
  labelledBy: string;
  describedBy?: string;
}>;

/** A switch of the platform: Space turns it, and whatever row labels it is part of what can be pressed. */
export const Toggle = ({ isOn, onChange, disabled = false, labelledBy, describedBy }: ToggleProps) => (
  <input
    type="checkbox"
    role="switch"
    className="toggle"
    checked={isOn}
    disabled={disabled}
    aria-labelledby={labelledBy}
    aria-describedby={describedBy}
    onChange={(event) => onChange(event.currentTarget.checked)}
  />
);
