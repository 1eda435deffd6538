/** Nothing jumps: what somebody points at, types in or reads stays where it is while rows come in above it. */

let pointer: { x: number; y: number } | null = null

addEventListener('pointermove', ({ clientX: x, clientY: y, pointerType }) => {
  pointer = pointerType === 'touch' ? null : { x, y }
})
document.documentElement.addEventListener('pointerleave', () => (pointer = null))

const list = () => document.getElementById('results')
const cardOf = (element: Element | null | undefined) => element?.closest<HTMLElement>('#results article') ?? null

/** The card under the pointer, else that with the focus, else the first in view where the page has been scrolled. */
function held(): HTMLElement | null {
  const pointed = pointer && cardOf(document.elementFromPoint(pointer.x, pointer.y))
  if (pointed) return pointed
  const focused = cardOf(document.activeElement)
  if (focused) return focused
  if (scrollY < 1) return null
  return [...document.querySelectorAll<HTMLElement>('#results article')].find(card => card.getBoundingClientRect().bottom > 80) ?? null
}

/** Where that one is taken away by the change, the next that stays. */
const remaining = (card: HTMLElement | null, after: HTMLElement[]) =>
  card?.isConnected ? card : after.find(each => each.isConnected)

let isMeasured = false

/** Makes a change to the rows, then scrolls by as much as what is held has moved. */
export function keepingStill(change: () => void): void {
  // Several changes before one frame are one: what was held before the first of them is held.
  const card = isMeasured ? null : held()
  if (!card) return change()
  isMeasured = true
  const cards = [...document.querySelectorAll<HTMLElement>('#results article')]
  const after = cards.slice(cards.indexOf(card) + 1)
  const tops = new Map([card, ...after].map(each => [each, each.getBoundingClientRect().top]))
  change()
  // By then the change is drawn, and nobody has seen it yet.
  requestAnimationFrame(() => {
    isMeasured = false
    const kept = remaining(card, after)
    const moved = kept ? kept.getBoundingClientRect().top - tops.get(kept)! : 0
    if (Math.abs(moved) < 1) return
    makeRoom(scrollY + moved)
    scrollBy({ top: moved, behavior: 'instant' })
  })
}

/** The page is made long enough to be scrolled so far. */
function makeRoom(top: number): void {
  const missing = top + innerHeight - document.documentElement.scrollHeight
  const results = list()
  if (missing > 0 && results) results.style.minHeight = `${results.offsetHeight + missing}px`
}

/** Another search begins: its list is as long as it is. */
export function letGo(): void {
  const results = list()
  if (results) results.style.minHeight = ''
}
