/** A codicon, which screen readers skip. */
export function Icon({ name }: { name: string }) {
  return <i class={`codicon codicon-${name}`} aria-hidden="true" />;
}

type ButtonProps = {
  icon: string;
  label: string;
  onClick: () => void;
  class?: string;
  disabled?: boolean;
  "aria-haspopup"?: "menu";
  "aria-expanded"?: boolean;
};

/** A button with only a codicon. The label is its tooltip and its name for screen readers. */
export function IconButton({ icon, label, class: extra, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      class={`icon-button codicon codicon-${icon} ${extra ?? ""}`}
      title={label}
      aria-label={label}
      {...props}
    />
  );
}

/** A turning codicon. It stands still if the user prefers reduced motion. */
export function Spinner() {
  return <i class="codicon codicon-loading codicon-modifier-spin" aria-hidden="true" />;
}
