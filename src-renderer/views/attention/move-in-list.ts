/** Up and Down go through the items of the list that has the keyboard; Home and End to its ends. */
export function moveInList(event: React.KeyboardEvent<HTMLElement>): void {
  const items = [...(event.currentTarget.closest(".list")?.querySelectorAll<HTMLElement>(".item") ?? [])];
  const at = items.indexOf(event.currentTarget);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items[next]?.focus();
}
