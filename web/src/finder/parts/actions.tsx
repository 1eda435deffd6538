/** What can be done with an event at once: keep it, put it into a calendar. */

import { isKept, toggle, type Followed, type Theirs } from '../favourites'
import type { Card } from '../generated'
import { say } from '../language'
import { Icon } from './icons'

function Button({ kept, name, press }: { kept: boolean; name: string; press: () => void }) {
  const label = (kept ? say.value.drop : say.value.keep)(name)
  return (
    <button type="button" class="round heart" aria-pressed={kept} aria-label={label} title={label} onClick={press}>
      <Icon name="heart" />
    </button>
  )
}

export const Heart = ({ event }: { event: Card & Theirs }) => (
  <Button kept={isKept(event)} name={event.name} press={() => void toggle(event)} />
)

/** The same for a venue or a performer. */
export const ThingHeart = ({ thing }: { thing: Followed & Theirs }) => (
  <Button kept={isKept(thing)} name={thing.name} press={() => void toggle(thing)} />
)

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
