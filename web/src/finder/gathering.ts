/** Gathers while a view is open, and again when what it wants changes. */

import { useComputed, useSignal, useSignalEffect, type Signal } from '@preact/signals'

import type { NoAnswer } from './ask'
import { gather, nothingGathered, type Gathered } from './gather'
import type { EventFilter } from './generated'
import { failureOf } from './search'

export type Gathering = { so: Signal<Gathered>; failure: Signal<NoAnswer | null>; again: () => void }

export function useGathering(filter: () => EventFilter, atMost: number): Gathering {
  const so = useSignal(nothingGathered)
  const failure = useSignal<NoAnswer | null>(null)
  const turn = useSignal(0)
  // As text, so that an equal filter is no other.
  const wanted = useComputed(() => JSON.stringify(filter()))
  useSignalEffect(() => {
    const stop = new AbortController()
    void turn.value
    void read(JSON.parse(wanted.value) as EventFilter, stop.signal)
    return () => stop.abort()
  })
  const read = async (asked: EventFilter, stop: AbortSignal) => {
    so.value = nothingGathered
    failure.value = null
    try {
      for await (const now of gather(asked, atMost, stop)) if (!stop.aborted) so.value = now
    } catch (error) {
      if (!stop.aborted) failure.value = failureOf(error)
    }
  }
  return { so, failure, again: () => (turn.value += 1) }
}
