/** An event in a list. */

import { price, distance } from '../amounts'
import { dayOf, foreignZone, timeOf } from '../dates'
import type { Card as Event, Row } from '../generated'
import { say } from '../language'
import { eventAddress } from '../route'
import { CalendarLink, Heart } from './actions'
import { Picture } from './picture'
import { Sellers } from './sellers'
import { Status } from './status'

const NAMED = 4

/** Who plays, unless the title has said it. */
export function LineUp({ event }: { event: Event }) {
  const names = event.performers.map(({ performer }) => performer.name)
  if (!names.length || (names.length === 1 && names[0] === event.name)) return null
  const others = names.length - NAMED
  return <p class="line-up">{[...names.slice(0, NAMED), ...(others > 0 ? [say.value.more(others)] : [])].join(', ')}</p>
}

export function Venue({ event }: { event: Event }) {
  const town = event.location?.address.addressLocality
  const name = event.location?.name ?? say.value.venueUnknown
  const place = town && !name.includes(town) ? `${name}, ${town}` : name
  return (
    <p class="venue">
      {place}
      {event.distance !== null && <span class="far"> · {say.value.away(distance(event.distance))}</span>}
    </p>
  )
}

const Moment = ({ event, dated }: { event: Event; dated: boolean }) => (
  <p class="moment">
    <time dateTime={event.startDate ?? event.startDay ?? undefined}>
      {dated && <>{dayOf(event)} · </>}
      <b class={event.datePrecision === 'TIME' ? undefined : 'vague'}>{timeOf(event)}</b>
    </time>
    {event.startDate && event.datePrecision === 'TIME' && <span class="zone">{foreignZone(event.startDate, event.timeZone)}</span>}
    <Status event={event} />
  </p>
)

/** `dated`: the day is told on the card, where no heading above tells it. */
export function Card({ event, dated = false }: { event: Event & Pick<Row, 'viewerHasFavourited'>; dated?: boolean }) {
  const cost = price(event)
  return (
    <article class={event.eventStatus === 'CANCELLED' ? 'card off' : 'card'} aria-labelledby={`t-${event.id}`} data-id={event.id}>
      <Picture event={event} />
      <div class="told">
        <Moment event={event} dated={dated} />
        <h3 id={`t-${event.id}`}>
          <a href={eventAddress(event.id)}>{event.name}</a>
        </h3>
        <LineUp event={event} />
        <Venue event={event} />
        <div class="foot">
          {cost && <span class="price">{cost}</span>}
          <Sellers event={event} />
        </div>
      </div>
      <div class="actions">
        <Heart event={event} />
        <CalendarLink event={event} />
      </div>
    </article>
  )
}
