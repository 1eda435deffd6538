/** What is kept: the coming days as an agenda, what is over, and how to have it in a calendar. */

import { useSignal } from '@preact/signals'

import { today } from '../dates'
import { favourites, toggle, type Favourite } from '../favourites'
import { say } from '../language'
import { Blank, Days } from '../parts/days'
import { Icon } from '../parts/icons'
import { isSignedIn, makeFeed, viewer } from '../viewer'

const whenOf = ({ card }: Favourite) => card.startDate ?? card.startDay ?? '9999'
const isPast = ({ card }: Favourite) => (card.endDay ?? card.startDay ?? '9999') < today()
const sorted = (list: Favourite[]) => [...list].sort((one, other) => Date.parse(whenOf(one)) - Date.parse(whenOf(other)) || 0)

const cards = (list: Favourite[]) => sorted(list).map(({ card }) => card)

const Gone = ({ list }: { list: Favourite[] }) => (
  <section class="gone">
    <h2>{say.value.gone}</h2>
    <ul>
      {list.map(({ card }) => (
        <li key={card.id}>
          {card.name}
          <button type="button" class="text-button" onClick={() => void toggle(card)}>{say.value.remove}</button>
        </li>
      ))}
    </ul>
  </section>
)

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

export function FavouritesPage() {
  const all = favourites.value
  const there = all.filter(({ gone }) => !gone)
  const coming = there.filter(each => !isPast(each))
  const past = there.filter(isPast)
  return (
    <div class="favourites">
      <h1>{say.value.favourites}</h1>
      {!isSignedIn.value && all.length > 0 && (
        <p class="hint">{say.value.favouritesHint} <a href="/account">{say.value.signIn}</a></p>
      )}
      {all.length === 0 && (
        <Blank icon={<Icon name="heart" />} title={say.value.noFavouritesTitle} hint={say.value.noFavouritesHint}>
          <p class="buttons"><a class="main" href="/">{say.value.findEvents}</a></p>
        </Blank>
      )}
      <Days events={cards(coming)} />
      {past.length > 0 && (
        <details>
          <summary>{say.value.past} ({past.length})</summary>
          <Days events={cards(past)} />
        </details>
      )}
      {all.some(({ gone }) => gone) && <Gone list={all.filter(({ gone }) => gone)} />}
      {viewer.value && <CalendarFeed />}
    </div>
  )
}
