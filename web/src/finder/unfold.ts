/** A search as it comes about: what each message of `eventSearch` does to the rows and to what is told of the sources. */

import type { CountRelation, EventSearchAnswer, ProviderReportStatus, Row, Warned } from './generated'

export type Message = EventSearchAnswer['eventSearch']
export type Source = { slug: string; name: string; status: ProviderReportStatus | null }
export type Total = { value: number | null; relation: CountRelation }
export type Unfolding = {
  rows: Row[]
  sources: Source[]
  warnings: Warned[]
  total: Total | null
  cursor: string | null
  more: boolean
  partial: boolean
  complete: boolean
}

export const nothingYet: Unfolding = {
  rows: [], sources: [], warnings: [], total: null, cursor: null, more: false, partial: false, complete: false,
}

type Placement = { afterId: string | null; event: Row }

/** New rows, each right behind the one that it names; then what stands behind the first so many falls off. */
function placed(rows: Row[], placements: Placement[], first: number): Row[] {
  const all = [...rows]
  for (const { afterId, event } of placements) {
    all.splice(afterId === null ? 0 : all.findIndex(row => row.id === afterId) + 1, 0, event)
  }
  return all.slice(0, first)
}

function updated(rows: Row[], message: Message & { __typename: 'EventsUpdated' }): Row[] {
  const gone = new Set([...message.removed, ...message.mergedAway.map(({ id }) => id)])
  const news = new Map(message.events.map(event => [event.id, event]))
  return rows.filter(({ id }) => !gone.has(id)).map(row => news.get(row.id) ?? row)
}

const reported = (sources: Source[], report: Omit<Source, 'slug' | 'name'> & { provider: { slug: string } }): Source[] =>
  sources.map(each => (each.slug === report.provider.slug ? { ...each, status: report.status } : each))

/** What is known after one more message; `first`: how many rows were asked for. */
export function unfolded(so: Unfolding, message: Message, first: number): Unfolding {
  switch (message.__typename) {
    case 'ProviderStarted':
      return { ...so, sources: [...so.sources, { ...message.provider, status: null }] }
    case 'EventsAdded':
      return { ...so, rows: placed(so.rows, message.placements, first) }
    case 'EventsUpdated':
      return { ...so, rows: updated(so.rows, message) }
    case 'ProviderFinished':
      return { ...so, sources: reported(so.sources, message.report) }
    case 'SearchCompleted':
      return {
        ...so,
        warnings: message.warnings,
        total: message.totalCount,
        cursor: message.endCursor,
        more: message.hasNextPage,
        partial: message.isPartial,
        complete: true,
      }
  }
}
