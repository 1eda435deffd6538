/** Days and times as people read them, in the venue's own time zone and the page's language. */

import type { Card } from './generated'
import { language, locale, say } from './language'

type When = Pick<Card, 'startDate' | 'startDay' | 'endDay' | 'datePrecision' | 'timeZone'>

const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale(), options)
  formats.set(key, known)
  return known
}

/** A calendar day is the same everywhere: it is read and written in one zone. */
const noon = (day: string) => new Date(`${day}T12:00:00Z`)
const inDay = (day: string, options: Intl.DateTimeFormatOptions) => format({ timeZone: 'UTC', ...options }).format(noon(day))

export const longDay = (day: string) => inDay(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
export const shortDay = (day: string) => inDay(day, { weekday: 'short', day: 'numeric', month: 'short' })
export const weekday = (day: string) => inDay(day, { weekday: 'long' })
export const shortWeekday = (day: string) => inDay(day, { weekday: 'short' })
export const dayNumber = (day: string) => String(Number(day.slice(8)))
export const monthOf = (day: string) => inDay(day, { month: 'long', year: 'numeric' })
export const shortMonth = (day: string) => inDay(day, { month: 'short' })

/** The first day of the visitor's week: 1, a Monday, to 7, a Sunday. */
export function firstWeekday(): number {
  const { weekInfo, getWeekInfo } = new Intl.Locale(locale()) as Intl.Locale & {
    weekInfo?: { firstDay: number }
    getWeekInfo?: () => { firstDay: number }
  }
  return (getWeekInfo?.call(new Intl.Locale(locale())) ?? weekInfo)?.firstDay ?? 1
}

/** The zone of an instant: the venue's; where nobody knows it, that of the instant's own offset. */
function zoned(moment: string, timeZone: string | null, options: Intl.DateTimeFormatOptions): string {
  if (timeZone) return format({ timeZone, ...options }).format(new Date(moment))
  const wallClock = moment.replace(/(Z|[+-]\d{2}:?\d{2})$/, '')
  return format({ timeZone: 'UTC', ...options }).format(new Date(`${wallClock}Z`))
}

export const timeAt = (moment: string, timeZone: string | null) =>
  zoned(moment, timeZone, { hour: 'numeric', minute: '2-digit' })
export const momentAt = (moment: string, timeZone: string | null) =>
  zoned(moment, timeZone, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })

/** The name of the venue's zone, where the visitor lives in another. */
export function foreignZone(moment: string, timeZone: string | null): string {
  if (!timeZone) return ''
  const there = new Date(moment)
  const clock = (zone?: string) => there.toLocaleString('en-GB', { ...(zone ? { timeZone: zone } : {}) })
  if (clock(timeZone) === clock()) return ''
  const parts = format({ timeZone, hour: 'numeric', timeZoneName: 'short' }).formatToParts(there)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** The time on a card. */
export const timeOf = ({ startDate, datePrecision, timeZone }: When): string =>
  startDate && datePrecision === 'TIME' ? timeAt(startDate, timeZone) : say.value.timeUnknown

/** The day, as exactly as it is known. */
export function dayOf({ startDay, startDate, datePrecision }: When): string {
  const day = startDay ?? startDate?.slice(0, 10)
  if (!day || datePrecision === 'TO_BE_ANNOUNCED') return say.value.dayUnknown
  if (datePrecision === 'MONTH') return monthOf(day)
  if (datePrecision === 'YEAR') return day.slice(0, 4)
  return longDay(day)
}

export const sinceNow = (moment: string): string => {
  const minutes = Math.round((Date.parse(moment) - Date.now()) / 60_000)
  const hours = Math.round(minutes / 60)
  const [value, unit] =
    Math.abs(minutes) < 90 ? [minutes, 'minute' as const] : Math.abs(hours) < 36 ? [hours, 'hour' as const] : [Math.round(hours / 24), 'day' as const]
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(value, unit)
}

/** Today, where the visitor is. */
export const today = (): string => new Date().toLocaleDateString('sv-SE')
