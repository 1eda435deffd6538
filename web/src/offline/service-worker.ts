/** Keeps the finder on this device: the page itself, and what it is made of. What events there are is never kept here. */

declare const self: ServiceWorkerGlobalScope

const CACHE = 'finder'
const PAGE = '/'
const PAGES = /^\/($|favourites$|agenda$|account$|events\/[^/.]+$)/
const WAIT_MS = 4_000

const partsOf = (html: string) => [...new Set(html.match(/\/static\/assets\/[\w.-]+/g) ?? [])]

/** Keeps the page, drops what an older one was made of, and fetches what this one is made of. */
async function keep(page: Response): Promise<void> {
  const cache = await caches.open(CACHE)
  const parts = partsOf(await page.clone().text())
  const kept = await cache.match(PAGE)
  const before = kept ? partsOf(await kept.text()) : []
  await cache.put(PAGE, page)
  if (parts.join() === before.join()) return
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url)
    if (pathname !== PAGE && !parts.includes(pathname)) await cache.delete(request)
  }
  await cache.addAll(parts)
}

/** The newest page, where it can be had in a moment. */
async function page(event: FetchEvent): Promise<Response> {
  const kept = await caches.match(PAGE)
  try {
    const fresh = await fetch(event.request, kept ? { signal: AbortSignal.timeout(WAIT_MS) } : {})
    if (fresh.ok) event.waitUntil(keep(fresh.clone()))
    return fresh.ok || !kept ? fresh : kept
  } catch (error) {
    if (kept) return kept
    throw error
  }
}

/** A part's name holds a hash of its content, so whatever is kept of it is right. */
async function part(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  if (kept) return kept
  const fresh = await fetch(request)
  if (fresh.ok) await (await caches.open(CACHE)).put(request, fresh.clone())
  return fresh
}

self.addEventListener('install', event => {
  event.waitUntil(fetch(PAGE).then(keep).then(() => self.skipWaiting()))
})
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', event => {
  const { origin, pathname } = new URL(event.request.url)
  if (event.request.method !== 'GET' || origin !== location.origin) return
  if (event.request.mode === 'navigate' && PAGES.test(pathname)) event.respondWith(page(event))
  else if (pathname.startsWith('/static/assets/')) event.respondWith(part(event.request))
})

export {}
