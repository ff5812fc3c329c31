/** A button with a menu, as in the ARIA Authoring Practices. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../page/icon.tsx";

export type MenuItem = { label: string; act: () => void };

export function Menu({ icon, label, items }: { icon: string; label: string; items: MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const close = (focus: boolean) => {
    setOpen(false);
    if (focus) root.current?.querySelector<HTMLElement>(".icon-button")?.focus();
  };

  useLayoutEffect(() => {
    if (!open) return;
    entries(root.current)[0]?.focus();
    unfold(root.current?.querySelector("[role=menu]"));
    const outside = ({ target }: PointerEvent) => {
      if (!root.current?.contains(target as Node)) close(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const pressed = (event: KeyboardEvent) => {
    const all = entries(root.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (target !== undefined) all[target % all.length]?.focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={root} class="menu-anchor">
      <IconButton icon={icon} label={label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div class="menu" role="menu" aria-label={label} onKeyDown={pressed}>
          {items.map(({ label, act }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close(true);
                act();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

const entries = (root: HTMLElement | null) => [...(root?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];

/** Opens the menu upwards, or downwards if there is no room above. */
function unfold(menu: Element | null | undefined): void {
  const top = menu?.closest(".talk")?.getBoundingClientRect().top ?? 0;
  if (menu && menu.getBoundingClientRect().top < top) menu.classList.add("below");
  menu?.scrollIntoView({ block: "nearest" });
}
