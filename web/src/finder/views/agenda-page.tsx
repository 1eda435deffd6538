/** What is ahead: events that are kept, and those of venues and performers that are, day by day. */

import { useSignal, useSignalEffect } from '@preact/signals'

import { keptAhead, nothingAhead, putTogether, readOn, type Ahead } from '../agenda'
import type { NoAnswer } from '../ask'
import { keptCount } from '../favourites'
import { say } from '../language'
import { CalendarFeed } from '../parts/calendar-feed'
import { Credits } from '../parts/credits'
import { Blank, Days, Skeletons } from '../parts/days'
import { Failed } from '../parts/failed'
import { Icon } from '../parts/icons'
import { Partial } from '../parts/partial'
import { failureOf } from '../search'
import { isSignedIn, viewer } from '../viewer'

const Nothing = () => (
  <Blank
    icon={<Icon name="calendar" />}
    title={keptCount.value ? say.value.nothingAheadTitle : say.value.noFavouritesTitle}
    hint={keptCount.value ? say.value.nothingAheadHint : say.value.agendaHint}
  >
    <p class="buttons"><a class="main" href="/">{say.value.findEvents}</a></p>
  </Blank>
)

function useAgenda() {
  const so = useSignal<Ahead>(nothingAhead)
  const isReading = useSignal(true)
  const failure = useSignal<NoAnswer | null>(null)
  const turn = useSignal(0)
  const read = async (next: () => Promise<Ahead>, stop?: AbortSignal) => {
    isReading.value = true
    failure.value = null
    try {
      const now = await next()
      if (!stop?.aborted) so.value = now
    } catch (error) {
      if (!stop?.aborted) failure.value = failureOf(error)
    } finally {
      if (!stop?.aborted) isReading.value = false
    }
  }
  useSignalEffect(() => {
    const stop = new AbortController()
    void turn.value
    const isTheirs = isSignedIn.value
    so.value = nothingAhead
    void read(() => (isTheirs ? readOn(nothingAhead) : putTogether(stop.signal)), stop.signal)
    return () => stop.abort()
  })
  return { so, isReading, failure, again: () => (turn.value += 1), more: () => void read(() => readOn(so.value)) }
}

export function AgendaPage() {
  const { so, isReading, failure, again, more } = useAgenda()
  const { rows, partial, missing, cut } = so.value
  // Where nobody can be asked, what is kept here is still ahead.
  const shown = rows.length || !failure.value ? rows : keptAhead()
  return (
    <div class="favourites">
      <h1>{say.value.agenda}</h1>
      <p class="hint">{say.value.agendaHint}</p>
      {!isSignedIn.value && keptCount.value > 0 && (
        <p class="hint">{say.value.favouritesHint} <a href="/account">{say.value.signIn}</a></p>
      )}
      {partial && <Partial names={missing} again={again} />}
      {failure.value && shown.length > 0 && (
        <p class="note" role="status">{failure.value.why === 'offline' ? say.value.offlineNote : say.value.notFresh}</p>
      )}
      <div id="results" aria-busy={isReading.value}>
        <Days events={shown} />
        {isReading.value && <Skeletons count={rows.length ? 2 : 4} />}
      </div>
      {!isReading.value && !shown.length && (failure.value ? <Failed failure={failure.value} again={again} /> : <Nothing />)}
      {so.value.more && !failure.value && (
        <p class="end"><button type="button" class="button" disabled={isReading.value} onClick={more}>{isReading.value ? say.value.loadingMore : say.value.showMore}</button></p>
      )}
      {cut && <p class="end">{say.value.agendaCut}</p>}
      <Credits events={shown} />
      {viewer.value && <CalendarFeed />}
    </div>
  )
}
