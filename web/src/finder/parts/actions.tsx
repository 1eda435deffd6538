/** What can be done with an event at once: keep it, put it into a calendar. */

import { isKept, toggle } from '../favourites'
import type { Card, Row } from '../generated'
import { say } from '../language'
import { Icon } from './icons'

export function Heart({ event }: { event: Card & Pick<Row, 'viewerHasFavourited'> }) {
  const kept = isKept(event)
  const label = (kept ? say.value.drop : say.value.keep)(event.name)
  return (
    <button type="button" class="round heart" aria-pressed={kept} aria-label={label} title={label} onClick={() => void toggle(event)}>
      <Icon name="heart" />
    </button>
  )
}

/** The address at this very host, whatever host the gateway believes it has. */
export const calendarFile = ({ icalendarUrl }: Card) => new URL(icalendarUrl).pathname

export function CalendarLink({ event }: { event: Card }) {
  if (!event.icalendarUrl || !event.startDay) return null
  const label = say.value.addToCalendar(event.name)
  return (
    <a class="round" href={calendarFile(event)} download aria-label={label} title={label}>
      <Icon name="calendarPlus" />
    </a>
  )
}
