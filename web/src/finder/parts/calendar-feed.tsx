/** How to have what is kept in a calendar: an address to subscribe to. */

import { useSignal } from '@preact/signals'

import { say } from '../language'
import { makeFeed, viewer } from '../viewer'
import { Icon } from './icons'

export function CalendarFeed() {
  const isCopied = useSignal(false)
  const isFailed = useSignal(false)
  const feed = viewer.value?.calendarFeed
  const make = (anew: boolean) =>
    makeFeed(anew).then(mistakes => (isFailed.value = mistakes.length > 0), () => (isFailed.value = true))
  const copy = () => navigator.clipboard.writeText(feed!.url).then(() => (isCopied.value = true), () => undefined)
  return (
    <section class="panel">
      <h2>{say.value.calendarTitle}</h2>
      <p class="hint">{say.value.calendarHint}</p>
      {feed ? (
        <>
          <label class="field">
            <span class="sr">{say.value.calendarAddress}</span>
            <input class="address" readOnly value={feed.url} onFocus={({ currentTarget }) => currentTarget.select()} />
          </label>
          <p class="buttons">
            <a class="button" href={feed.webcalUrl}><Icon name="calendar" /> {say.value.subscribe}</a>
            <button type="button" class="button" onClick={() => void copy()}>
              <span role="status">{isCopied.value ? say.value.copied : say.value.copyAddress}</span>
            </button>
            <button type="button" class="text-button" title={say.value.newAddressHint} onClick={() => void make(true)}>{say.value.newAddress}</button>
          </p>
        </>
      ) : (
        <p class="buttons"><button type="button" class="button" onClick={() => void make(false)}>{say.value.makeAddress}</button></p>
      )}
      {isFailed.value && <p class="note" role="alert">{say.value.mistakes.UNAVAILABLE}</p>}
    </section>
  )
}
