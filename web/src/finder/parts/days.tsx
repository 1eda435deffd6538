/** Events by day, each day under its date. */

import type { ComponentChildren } from 'preact'

import { dayNumber, longDay, shortMonth, weekday } from '../dates'
import type { Card as Event, EventSort, Row } from '../generated'
import { say } from '../language'
import { Card } from './card'

type Shown = Event & Pick<Row, 'viewerHasFavourited'>
const EXACT = ['TIME', 'DATE']

/** The events of each day, in the order in which days come first. */
function byDay(events: Shown[]): Array<[string, Shown[]]> {
  const days = new Map<string, Shown[]>()
  for (const event of events) {
    const day = EXACT.includes(event.datePrecision) ? (event.startDay ?? '') : ''
    days.set(day, [...(days.get(day) ?? []), event])
  }
  return [...days]
}

const DayName = ({ day }: { day: string }) => (
  <h2 class="day-name" aria-label={longDay(day)}>
    <span class="day-number">{dayNumber(day)}</span>
    <span class="day-words">
      <span>{weekday(day)}</span>
      <span>{shortMonth(day)}</span>
    </span>
  </h2>
)

export const Days = ({ events }: { events: Shown[] }) => (
  <>
    {byDay(events).map(([day, shown]) => (
      <section class="day" key={day}>
        {day ? <DayName day={day} /> : <h2 class="day-name"><span class="day-words">{say.value.dayUnknown}</span></h2>}
        <div class="cards">
          {shown.map(event => (
            <Card key={event.id} event={event} dated={!day} />
          ))}
        </div>
      </section>
    ))}
  </>
)

/** In order of something else than the day, each card tells its own. */
export const Rows = ({ events, sort }: { events: Shown[]; sort: EventSort }) =>
  sort.startsWith('START_DATE') ? (
    <Days events={events} />
  ) : (
    <div class="cards flat">
      {events.map(event => (
        <Card key={event.id} event={event} dated />
      ))}
    </div>
  )

/** What is about to be there. */
export const Skeletons = ({ count }: { count: number }) => (
  <div class="day" aria-hidden="true">
    <div class="day-name" />
    <div class="cards">
      {Array.from({ length: count }, (_, index) => (
        <div class="card skeleton" key={index}>
          <div class="picture" />
          <div class="told"><i /><i /><i /></div>
        </div>
      ))}
    </div>
  </div>
)

type Words = { icon: ComponentChildren; title: string; hint: string; children?: ComponentChildren; alone?: boolean }

/** A page that has nothing to list, and what to do about it; `alone`, it is all that the page says. */
export const Blank = ({ icon, title, hint, children, alone }: Words) => (
  <div class="blank">
    <div class="blank-icon">{icon}</div>
    {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
    <p>{hint}</p>
    {children}
  </div>
)
