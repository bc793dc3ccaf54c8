import type { ReactNode } from "react";

type ButtonProps = Readonly<{
  children: ReactNode;
  onPress: () => void;
  look?: "plain" | "primary" | "quiet";
  size?: "normal" | "small" | "big" | "icon" | "small-icon";
  /** What is read aloud where the words alone do not say it. */
  label?: string;
  disabled?: boolean;
  className?: string;
}>;

const sizes = { normal: "", small: "sm", big: "big", icon: "icon", "small-icon": "sm icon" } as const;
const looks = { plain: "", primary: "primary", quiet: "quiet" } as const;

export function Button(props: ButtonProps) {
  const { children, onPress, look = "plain", size = "normal", label, disabled = false, className = "" } = props;
  return (
    <button
      type="button"
      className={["btn", looks[look], sizes[size], className].filter((name) => name !== "").join(" ")}
      aria-label={label}
      title={size.includes("icon") ? label : undefined}
      disabled={disabled}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
