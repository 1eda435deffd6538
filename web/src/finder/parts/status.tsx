/** That something is not as usual: cancelled, moved, sold out. */

import type { Card } from '../generated'
import { say } from '../language'

const isSoldOut = ({ offers }: Card) => offers.length > 0 && offers.every(({ availability }) => availability === 'SOLD_OUT')

export function Status({ event }: { event: Card }) {
  const status = say.value.statuses[event.eventStatus]
  return (
    <>
      {status && <span class="badge" data-status={event.eventStatus}>{status}</span>}
      {isSoldOut(event) && event.eventStatus !== 'CANCELLED' && <span class="badge" data-status="SOLD_OUT">{say.value.soldOut}</span>}
    </>
  )
}
