/** The search that is shown: followed while it comes about, then read on page by page. */

import { batch, computed, signal } from '@preact/signals'

import { ask, NoAnswer } from './ask'
import { follow } from './follow'
import { Events, EventSearch, type EventFilter, type EventSort } from './generated'
import { keepingStill, letGo } from './still'
import { nothingYet, unfolded, type Unfolding } from './unfold'
import { isSignedIn } from './viewer'
import { filterOf, sortOf, type Wanted } from './wanted'

const FIRST = 24
/** Somebody looks on while providers answer, so slow ones may take longer than where an answer is waited for. */
const DEADLINE_MS = 8_000
/** From when on a source that has not answered is called slow. */
const SLOW_AFTER_MS = 700

export const results = signal<Unfolding>(nothingYet)
export const failure = signal<NoAnswer | null>(null)
export const isReadingOn = signal(false)
const isSlow = signal(false)

export const isSearching = computed(() => !results.value.complete && !failure.value)
export const isEmpty = computed(() => results.value.complete && !results.value.rows.length)
/** Those that are waited for by name, once it takes a while. */
export const slowSources = computed(() => (isSlow.value ? results.value.sources.filter(({ status }) => !status) : []))

type Question = { filter: EventFilter; sort: EventSort }
let running = new AbortController()
let question: Question = { filter: {}, sort: 'START_DATE_ASC' }

export function search(wanted: Wanted): void {
  running.abort()
  running = new AbortController()
  question = { filter: filterOf(wanted), sort: sortOf(wanted) }
  batch(() => {
    results.value = nothingYet
    failure.value = null
    isSlow.value = isReadingOn.value = false
  })
  letGo()
  void unfold(running.signal)
}

async function unfold(stop: AbortSignal): Promise<void> {
  const slow = setTimeout(() => !stop.aborted && (isSlow.value = true), SLOW_AFTER_MS)
  const variables = { ...question, first: FIRST, deadlineMs: DEADLINE_MS, signedIn: isSignedIn.value }
  try {
    for await (const { eventSearch } of follow(EventSearch, variables, stop)) {
      if (stop.aborted) return
      keepingStill(() => (results.value = unfolded(results.value, eventSearch, FIRST)))
    }
  } catch (error) {
    if (!stop.aborted) failure.value = failureOf(error)
  } finally {
    clearTimeout(slow)
  }
}

/** One page more, behind the last row. */
export async function readOn(): Promise<void> {
  const { cursor, more } = results.value
  if (isReadingOn.value || !more || !cursor) return
  isReadingOn.value = true
  failure.value = null
  const stop = running.signal
  try {
    const variables = { ...question, after: cursor, first: FIRST, deadlineMs: DEADLINE_MS, signedIn: isSignedIn.value }
    const { events } = await ask(Events, variables, stop)
    results.value = {
      ...results.value,
      rows: [...results.value.rows, ...events.nodes],
      warnings: events.warnings,
      total: events.totalCount,
      cursor: events.pageInfo.endCursor,
      more: events.pageInfo.hasNextPage,
      partial: results.value.partial || events.isPartial,
    }
  } catch (error) {
    if (!stop.aborted) failure.value = failureOf(error)
  } finally {
    if (!stop.aborted) isReadingOn.value = false
  }
}

export const failureOf = (error: unknown): NoAnswer =>
  error instanceof NoAnswer ? error : new NoAnswer('refused', String(error))
