/** Which picture of an event is shown, and where: at the gateway, so that no seller hears who looks at what. */

import type { Card } from './generated'

/** Wide enough for the page of an event on a sharp screen. */
const WANTED = 400

/** The smallest that is wide enough, else the first. */
export function pictureOf({ images }: Card): string | null {
  const wide = images.filter(({ width }) => (width ?? 0) >= WANTED).sort((one, other) => one.width! - other.width!)
  const best = wide[0] ?? images[0]
  return best ? new URL(best.proxiedUrl).pathname : null
}
