/** Keeps the page itself on this device, so that favourites can be read offline. */

export function startOffline(): void {
  // A secure context has them; some private windows do not.
  navigator.serviceWorker?.register('/service-worker.js').catch(() => undefined)
}
