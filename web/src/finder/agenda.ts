/** What is ahead of somebody: as their account has it, or put together here from what this device keeps. */

import { ask } from './ask'
import { favourites, followed, isPast } from './favourites'
import { gather } from './gather'
import { Agenda, type AgendaAnswer, type Card, type EventFilter, type EventStatus, type Row, type Warned } from './generated'

/** `missing`: sources that did not answer. `cut`: there is more, of which this device alone cannot tell. */
export type Ahead = { rows: Array<Card | Row>; after: string | null; more: boolean; partial: boolean; missing: string[]; cut: boolean }
export const nothingAhead: Ahead = { rows: [], after: null, more: false, partial: false, missing: [], cut: false }

const AT_MOST = 100
const MOST_NAMED = 100
const EVERY: EventStatus[] = ['SCHEDULED', 'RESCHEDULED', 'POSTPONED', 'MOVED_ONLINE', 'CANCELLED', 'UNKNOWN']

/** An event of which only the day is known may be late on it. */
const whenOf = ({ startDate, startDay }: Card) => Date.parse(startDate ?? `${startDay ?? '9999-12-31'}T23:59:59`)
const bySoonest = (one: Card, other: Card) => whenOf(one) - whenOf(other) || 0
const namesIn = (warnings: Warned[]) => warnings.map(({ provider }) => provider?.name).filter(name => name !== undefined)

/** What is kept of events themselves: all that there is offline. */
export const keptAhead = (): Card[] =>
  favourites.value.filter(each => !each.gone && !isPast(each)).map(({ card }) => card).sort(bySoonest)

/** The next page of the account's. */
export async function readOn(so: Ahead): Promise<Ahead> {
  const { viewer }: AgendaAnswer = await ask(Agenda, { after: so.after })
  if (!viewer) return { ...so, more: false }
  const { nodes, pageInfo, isPartial, warnings } = viewer.agenda
  return {
    rows: [...so.rows, ...nodes],
    after: pageInfo.endCursor,
    more: pageInfo.hasNextPage,
    partial: so.partial || isPartial,
    missing: [...new Set([...so.missing, ...(isPartial ? namesIn(warnings) : [])])],
    cut: false,
  }
}

const idsOf = (kind: 'VENUE' | 'PERFORMER') =>
  followed.value.filter(({ card, gone }) => card.kind === kind && !gone).map(({ card }) => card.id).slice(0, MOST_NAMED)

async function gathered(filter: EventFilter, stop: AbortSignal) {
  let all: { rows: Row[]; more: boolean; partial: boolean } = { rows: [], more: false, partial: false }
  for await (const now of gather({ ...filter, statuses: EVERY }, AT_MOST, stop)) all = now
  return all
}

const listingsOf = ({ id, sources }: Card) => [id, ...sources.map(({ provider, url }) => url && `${provider.slug} ${url}`).filter(Boolean)]

/** Each event once: who asks for one venue's events is told of it by that venue's source alone. */
function distinct(rows: Array<Card | Row>): Array<Card | Row> {
  const known = new Set<string | null>()
  return [...rows]
    .sort((one, other) => other.sources.length - one.sources.length)
    .filter(row => {
      const listings = listingsOf(row)
      const isNew = !listings.some(each => known.has(each))
      listings.forEach(each => known.add(each))
      return isNew
    })
    .sort(bySoonest)
}

/** The same view before anybody signs in: events that are kept, and what is on at venues and with performers that are. */
export async function putTogether(stop: AbortSignal): Promise<Ahead> {
  const venueIds = idsOf('VENUE')
  const performerIds = idsOf('PERFORMER')
  const lists = await Promise.all([
    ...(venueIds.length ? [gathered({ venueIds }, stop)] : []),
    ...(performerIds.length ? [gathered({ performerIds }, stop)] : []),
  ])
  // Behind the last of a list that goes on, nobody knows what else there is.
  const ends = lists.filter(({ more, rows }) => more && rows.length).map(({ rows }) => whenOf(rows.at(-1)!))
  const all = distinct([...keptAhead(), ...lists.flatMap(({ rows }) => rows)])
  const known = all.filter(card => ends.every(end => whenOf(card) <= end))
  return { ...nothingAhead, rows: known, partial: lists.some(({ partial }) => partial), cut: ends.length > 0 }
}
