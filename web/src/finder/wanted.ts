/** What somebody looks for, and how it stands in the address of the page. */

import { eventSorts, type DatePreset, type DateRangeInput, type EventFilter, type EventSort } from './generated'

/** `here` is where the visitor is: its point is not named. */
export type Spot = { name: string; lat: number; lon: number; here?: boolean }
export type View = 'list' | 'map' | 'calendar'
export type Wanted = {
  text: string
  spot: Spot | null
  within: number
  when: DatePreset | null
  from: string
  to: string
  genres: string[]
  sort: EventSort
  view: View
  month: string
}

export const radii = [5, 10, 25, 50, 100]
export const presets: DatePreset[] = ['TODAY', 'TOMORROW', 'THIS_WEEKEND', 'NEXT_7_DAYS', 'NEXT_30_DAYS']
const views: View[] = ['list', 'map', 'calendar']
const DAY = /^\d{4}-\d{2}-\d{2}$/

export const anything: Wanted = {
  text: '', spot: null, within: 25, when: null, from: '', to: '', genres: [], sort: 'START_DATE_ASC', view: 'list', month: '',
}

const oneOf = <One extends string>(options: readonly One[], value: string | null): One | undefined =>
  options.find(option => option.toLowerCase().replaceAll('_', '-') === value)
const word = (option: string) => option.toLowerCase().replaceAll('_', '-')
const matching = (pattern: RegExp, value: string | null) => (value && pattern.test(value) ? value : '')

function spotIn(query: URLSearchParams): Spot | null {
  const [lat, lon] = (query.get('at') ?? '').split(',').map(Number)
  if (lat === undefined || lon === undefined || !(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return null
  const name = query.get('place') ?? ''
  return name ? { name, lat, lon } : { name, lat, lon, here: true }
}

/** What an address asks for; whatever cannot be meant is left out. */
export function read(search: string): Wanted {
  const query = new URLSearchParams(search)
  const within = Number(query.get('within'))
  return {
    text: query.get('q') ?? '',
    spot: spotIn(query),
    within: radii.includes(within) ? within : anything.within,
    when: oneOf(presets, query.get('when')) ?? null,
    from: matching(DAY, query.get('from')),
    to: matching(DAY, query.get('to')),
    genres: (query.get('genre') ?? '').split(',').filter(Boolean).slice(0, 20),
    sort: oneOf(eventSorts, query.get('sort')) ?? anything.sort,
    view: oneOf(views, query.get('view')) ?? 'list',
    month: matching(/^\d{4}-(0[1-9]|1[0-2])$/, query.get('month')),
  }
}

/** The address of it; whatever is as usual is left out, so that addresses stay short. */
export function address(wanted: Wanted): string {
  const { spot } = wanted
  const said: Array<[string, string]> = [
    ['q', wanted.text],
    ['place', spot && !spot.here ? spot.name : ''],
    ['at', spot ? `${spot.lat.toFixed(3)},${spot.lon.toFixed(3)}` : ''],
    ['within', spot && wanted.within !== anything.within ? String(wanted.within) : ''],
    ['when', wanted.when ? word(wanted.when) : ''],
    ['from', wanted.from],
    ['to', wanted.to],
    ['genre', wanted.genres.join(',')],
    ['sort', wanted.sort === anything.sort ? '' : word(wanted.sort)],
    ['view', wanted.view === 'list' ? '' : wanted.view],
    ['month', wanted.view === 'calendar' ? wanted.month : ''],
  ]
  const query = new URLSearchParams(said.filter(([, value]) => value))
  // Commas and colons may stand in a query as they are, and read better.
  return query.size ? `/?${query.toString().replaceAll('%2C', ',')}` : '/'
}

/** The day after one, or before it. */
export function dayFrom(day: string, days: number): string {
  const moment = new Date(`${day}T00:00:00Z`)
  moment.setUTCDate(moment.getUTCDate() + days)
  return moment.toISOString().slice(0, 10)
}

function dates({ when, from, to }: Wanted): DateRangeInput | null {
  if (when) return { preset: when }
  if (!from && !to) return null
  return { fromDay: from || null, toDay: to ? dayFrom(to, 1) : null }
}

/** The filter that asks for it. */
export function filterOf(wanted: Wanted): EventFilter {
  const { spot } = wanted
  return {
    keyword: wanted.text.trim() || null,
    near: spot && { lat: spot.lat, lon: spot.lon, radius: wanted.within },
    date: dates(wanted),
    genres: wanted.genres.length ? wanted.genres : null,
  }
}

/** The filter of whole days, whatever other dates are wanted. */
export const filterBetween = (wanted: Wanted, from: string, to: string): EventFilter =>
  filterOf({ ...wanted, when: null, from, to })

/** In which order it can be asked: by distance only from somewhere. */
export const sortsFor = (wanted: Wanted): EventSort[] =>
  eventSorts.filter(sort => (sort !== ('DISTANCE_ASC' as EventSort) || wanted.spot) && (sort !== ('RELEVANCE' as EventSort) || wanted.text))

/** The order that is wanted, where it can be asked; the usual one otherwise. */
export const sortOf = (wanted: Wanted): EventSort => (sortsFor(wanted).includes(wanted.sort) ? wanted.sort : anything.sort)

export const isNarrow = ({ text, spot, when, from, to, genres }: Wanted): boolean =>
  Boolean(text || spot || when || from || to || genres.length)
