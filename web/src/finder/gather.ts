/** Reads a list to its end, or as far as somebody can look over it: what the map and the month show. */

import { ask } from './ask'
import { Events, type EventFilter, type EventsAnswer, type EventsVariables, type Row } from './generated'
import { isSignedIn } from './viewer'

const PAGE = 100
const DEADLINE_MS = 8_000

export type Gathered = { rows: Row[]; more: boolean; partial: boolean; done: boolean }
export const nothingGathered: Gathered = { rows: [], more: false, partial: false, done: false }

/** What is there so far, after each page. */
export async function* gather(filter: EventFilter, atMost: number, stop: AbortSignal): AsyncGenerator<Gathered> {
  let so = nothingGathered
  let after: string | null = null
  while (!so.done) {
    const variables: EventsVariables = { first: PAGE, after, filter, sort: 'START_DATE_ASC', deadlineMs: DEADLINE_MS, signedIn: isSignedIn.value }
    const { events }: EventsAnswer = await ask(Events, variables, stop)
    const rows = [...so.rows, ...events.nodes]
    const more = events.pageInfo.hasNextPage
    after = events.pageInfo.endCursor
    so = { rows, more, partial: so.partial || events.isPartial, done: !more || rows.length >= atMost }
    yield so
  }
}
