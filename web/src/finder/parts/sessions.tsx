/** Where somebody is signed in, and how to end it there. */

import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { momentAt, sinceNow } from '../dates'
import type { Mistake } from '../generated'
import { say } from '../language'
import { end, sessions, signOut, type Session } from '../viewer'
import { Icon } from './icons'

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

const One = ({ session, finish }: { session: Session; finish: () => void }) => {
  const name = session.deviceName ?? say.value.deviceUnknown
  return (
    <li>
      <Icon name="device" />
      <p>
        <b>{name}</b> {session.isCurrent && <span class="badge calm">{say.value.thisDevice}</span>}
        <small>{say.value.since(momentAt(session.createdAt, zone()))} · {say.value.lastUsed(sinceNow(session.lastUsedAt))}</small>
      </p>
      <button type="button" class="button" aria-label={session.isCurrent ? undefined : say.value.endOf(name)} onClick={finish}>
        {session.isCurrent ? say.value.signOut : say.value.endSession}
      </button>
    </li>
  )
}

export function Sessions() {
  const all = useSignal<Session[] | null>(null)
  const isFailed = useSignal(false)
  /** Do it, then look what is left. */
  const after = (work: Promise<Mistake[]>) => {
    isFailed.value = false
    work.then(mistakes => (mistakes.length ? Promise.reject(mistakes) : sessions())).then(found => (all.value = found), () => (isFailed.value = true))
  }
  const look = () => after(Promise.resolve([]))
  useEffect(look, [])
  const finish = (session: Session) =>
    session.isCurrent ? void signOut().catch(() => (isFailed.value = true)) : after(end(session))
  return (
    <section class="panel" aria-busy={!all.value && !isFailed.value}>
      <h2>{say.value.sessions}</h2>
      <p class="hint">{say.value.sessionsHint}</p>
      {isFailed.value && (
        <p class="note" role="alert">
          {say.value.mistakes.UNAVAILABLE} <button type="button" class="text-button" onClick={look}>{say.value.tryAgain}</button>
        </p>
      )}
      <ul class="sessions">
        {all.value?.map(session => <One key={session.id} session={session} finish={() => finish(session)} />)}
        {!all.value && !isFailed.value && <li class="skeleton" aria-hidden="true" />}
      </ul>
      <p class="buttons">
        {isFailed.value && !all.value && <button type="button" class="button" onClick={() => void signOut().catch(() => undefined)}>{say.value.signOut}</button>}
        <button type="button" class="button" onClick={() => void signOut(true).catch(() => (isFailed.value = true))}>{say.value.signOutEverywhere}</button>
      </p>
    </section>
  )
}
