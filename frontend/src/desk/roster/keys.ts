/** Arrow keys in a tree (WAI-ARIA tree view): up and down walk the shown items, right opens or goes in, left shuts or goes out. */
export function walk(event: KeyboardEvent): void {
  const tree = event.currentTarget as HTMLElement
  const items = [...tree.querySelectorAll<HTMLElement>('[role=treeitem]')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const item = items[at]
  if (!item) return
  const open = item.getAttribute('aria-expanded')
  const goal = {
    ArrowDown: () => items[at + 1],
    ArrowUp: () => items[at - 1],
    Home: () => items[0],
    End: () => items[items.length - 1],
    ArrowRight: () => (open === 'false' ? toggle(item) : open === 'true' ? items[at + 1] : undefined),
    ArrowLeft: () => (open === 'true' ? toggle(item) : above(items, at)),
  }[event.key]
  if (!goal) return
  event.preventDefault()
  goal()?.focus()
}

function toggle(item: HTMLElement): undefined {
  item.dispatchEvent(new CustomEvent('toggle-branch'))
}

function above(items: HTMLElement[], at: number): HTMLElement | undefined {
  const level = (item: HTMLElement | undefined): number => Number(item?.getAttribute('aria-level'))
  for (let before = at - 1; before >= 0; before -= 1) if (level(items[before]) < level(items[at])) return items[before]
  return undefined
}
