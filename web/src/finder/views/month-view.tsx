/** The events of a month, a square for each day. */

import { dayNumber, firstWeekday, longDay, monthOf, shortWeekday, timeOf, today } from '../dates'
import { useGathering } from '../gathering'
import type { Row } from '../generated'
import { say } from '../language'
import { Icon } from '../parts/icons'
import { eventAddress, want, wanted } from '../route'
import { address, dayFrom, filterBetween } from '../wanted'
import '../styles/month.css'

const AT_MOST = 500
const NAMED = 3

const first = (month: string) => `${month}-01`
const monthFrom = (month: string, months: number) => {
  const moment = new Date(`${month}-15T00:00:00Z`)
  moment.setUTCMonth(moment.getUTCMonth() + months)
  return moment.toISOString().slice(0, 7)
}
const lastDay = (month: string) => dayFrom(first(monthFrom(month, 1)), -1)
/** 1, a Monday, to 7, a Sunday. */
const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay() || 7

/** The weeks that the month touches, whole. */
function weeks(month: string): string[][] {
  const before = (weekdayOf(first(month)) - firstWeekday() + 7) % 7
  const start = dayFrom(first(month), -before)
  const all: string[][] = []
  for (let day = start; day <= lastDay(month); day = dayFrom(day, 7)) all.push(Array.from({ length: 7 }, (_, index) => dayFrom(day, index)))
  return all
}

const ofDay = (day: string) => address({ ...wanted.value, view: 'list', month: '', when: null, from: day, to: day })

const Day = ({ day, rows, isOther }: { day: string; rows: Row[]; isOther: boolean }) => (
  <td class={isOther ? 'other' : day === today() ? 'today' : undefined}>
    {rows.length > 0 && !isOther ? (
      <>
        <a class="date" href={ofDay(day)}>
          <span aria-hidden="true">{dayNumber(day)}</span>
          <span class="many" aria-hidden="true">{rows.length}</span>
          <span class="sr">{`${longDay(day)}: ${say.value.events(String(rows.length), rows.length === 1)}`}</span>
        </a>
        <ul>
          {rows.slice(0, NAMED).map(row => (
            <li key={row.id}>
              <a href={eventAddress(row.id)} title={`${timeOf(row)} ${row.name}`}>{row.name}</a>
            </li>
          ))}
        </ul>
      </>
    ) : (
      <span class="date"><span>{dayNumber(day)}</span></span>
    )}
  </td>
)

function Head({ month }: { month: string }) {
  const turn = (months: number) => () => want({ month: monthFrom(month, months) })
  return (
    <div class="month-head">
      <button type="button" class="round" aria-label={say.value.previousMonth} title={say.value.previousMonth} disabled={month <= today().slice(0, 7)} onClick={turn(-1)}>
        <Icon name="previous" />
      </button>
      <h2 id="month-name">{monthOf(first(month))}</h2>
      <button type="button" class="round" aria-label={say.value.nextMonth} title={say.value.nextMonth} onClick={turn(1)}>
        <Icon name="next" />
      </button>
    </div>
  )
}

export function MonthView() {
  const monthWanted = () => wanted.value.month || today().slice(0, 7)
  const { so, failure, again } = useGathering(() => filterBetween(wanted.value, first(monthWanted()), lastDay(monthWanted())), AT_MOST)
  const month = monthWanted()
  const all = weeks(month)
  const rowsOf = (day: string) => so.value.rows.filter(row => row.startDay === day)
  return (
    <>
      <Head month={month} />
      <p class="strip" role="status">
        {so.value.done ? <b>{say.value.events(`${so.value.rows.length}${so.value.more ? '+' : ''}`, so.value.rows.length === 1)}</b> : <b>{say.value.searching}</b>}
        {so.value.more && so.value.done && <span>{say.value.calendarMore}</span>}
        {so.value.partial && <span>{say.value.partial}</span>}
      </p>
      {failure.value && (
        <p class="note" role="alert">
          {say.value.failedTitle} <button type="button" class="text-button" onClick={again}>{say.value.tryAgain}</button>
        </p>
      )}
      <table class="month" aria-labelledby="month-name" aria-busy={!so.value.done}>
        <thead>
          <tr>{all[0]!.map(day => <th key={day} scope="col">{shortWeekday(day)}</th>)}</tr>
        </thead>
        <tbody>
          {all.map(week => (
            <tr key={week[0]}>
              {week.map(day => <Day key={day} day={day} rows={rowsOf(day)} isOther={day.slice(0, 7) !== month} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
