/** Which page is open. Moving about keeps the browser's own back, forward and sharing. */

import { computed, signal } from '@preact/signals'

import { address, read, type Wanted } from './wanted'

/** Pages that are called as their address is. */
const named = ['favourites', 'agenda', 'account'] as const
type Named = (typeof named)[number]
export type Page = { name: 'search' | Named } | { name: 'event'; id: string }

const here = signal({ path: location.pathname, search: location.search })

function pageAt(path: string): Page {
  const event = /^\/events\/([^/]+)$/.exec(path)
  if (event) return { name: 'event', id: decodeURIComponent(event[1]!) }
  return { name: named.find(name => path === `/${name}`) ?? 'search' }
}

export const page = computed(() => pageAt(here.value.path))
/** What the search wants; while another page is open, what it wanted last. */
export const wanted = signal<Wanted>(read(location.search))

export const eventAddress = (id: string) => `/events/${encodeURIComponent(id)}`

function arrive() {
  here.value = { path: location.pathname, search: location.search }
  if (page.value.name === 'search') wanted.value = read(location.search)
}

/** How far down each page of the history was read. */
const keepPlace = () => history.replaceState({ ...history.state, top: scrollY }, '')

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push' && to === location.pathname + location.search) return
  keepPlace()
  history[`${how}State`](how === 'replace' ? history.state : null, '', to)
  arrive()
}

export function want(change: Partial<Wanted>, how: 'push' | 'replace' = 'push'): void {
  go(address({ ...wanted.value, ...change }), how)
}

/** Scrolls to where a page was read last, once it is drawn. */
function comeBack() {
  arrive()
  const top = (history.state as { top?: number } | null)?.top ?? 0
  requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(0, top)))
}

const ours = ['/', ...named.map(name => `/${name}`)]

/** Links to our own pages are followed without loading anything anew. */
function follow(event: MouseEvent) {
  const link = (event.target as Element).closest?.('a')
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  if (link.origin !== location.origin || link.hash || link.target || link.hasAttribute('download')) return
  if (!ours.includes(link.pathname) && !/^\/events\/[^/.]+$/.test(link.pathname)) return
  event.preventDefault()
  go(link.pathname + link.search)
  scrollTo(0, 0)
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
}

export function startRouting(): void {
  history.scrollRestoration = 'manual'
  addEventListener('popstate', comeBack)
  addEventListener('pagehide', keepPlace)
  document.addEventListener('click', follow)
}
