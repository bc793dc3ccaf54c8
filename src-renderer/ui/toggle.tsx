type ToggleProps = Readonly<{
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  disabled?: boolean;
  label: string;
  describedBy?: string;
}>;

/** A switch of the platform: Space turns it, and whatever row labels it is part of what can be pressed. */
export const Toggle = ({ isOn, onChange, disabled = false, label, describedBy }: ToggleProps) => (
  <input
    type="checkbox"
    role="switch"
    className="toggle"
    checked={isOn}
    disabled={disabled}
    aria-label={label}
    aria-describedby={describedBy}
    onChange={(event) => onChange(event.currentTarget.checked)}
  />
);
