/** What is kept: events, coming and past; venues and performers; and what nobody lists any more. */

import { favourites, followed, isPast, keptCount, toggle, type Favourite, type Followed, type Kept } from '../favourites'
import { say } from '../language'
import { ThingHeart } from '../parts/actions'
import { CalendarFeed } from '../parts/calendar-feed'
import { Blank, Days } from '../parts/days'
import { Icon } from '../parts/icons'
import { isSignedIn, viewer } from '../viewer'

const whenOf = ({ card }: Favourite) => card.startDate ?? card.startDay ?? '9999'
const sorted = (list: Favourite[]) => [...list].sort((one, other) => Date.parse(whenOf(one)) - Date.parse(whenOf(other)) || 0)

const cards = (list: Favourite[]) => sorted(list).map(({ card }) => card)
const ofKind = (kind: Followed['kind']) => followed.value.filter(({ card, gone }) => card.kind === kind && !gone).map(({ card }) => card)

const Things = ({ title, things, icon }: { title: string; things: Followed[]; icon: 'pin' | 'music' }) => (
  <section class="followed">
    <h2>{title}</h2>
    <ul>
      {[...things].sort((one, other) => one.name.localeCompare(other.name)).map(thing => (
        <li key={thing.id}>
          <Icon name={icon} />
          <span>{thing.name}{thing.about && <small>{thing.about}</small>}</span>
          <ThingHeart thing={thing} />
        </li>
      ))}
    </ul>
  </section>
)

const Gone = ({ list }: { list: Array<Favourite | Kept<Followed>> }) => (
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

const Nothing = () => (
  <Blank icon={<Icon name="heart" />} title={say.value.noFavouritesTitle} hint={say.value.noFavouritesHint}>
    <p class="buttons"><a class="main" href="/">{say.value.findEvents}</a></p>
  </Blank>
)

export function FavouritesPage() {
  const there = favourites.value.filter(({ gone }) => !gone)
  const gone = [...favourites.value, ...followed.value].filter(each => each.gone)
  const past = there.filter(isPast)
  const venues = ofKind('VENUE')
  const performers = ofKind('PERFORMER')
  return (
    <div class="favourites">
      <h1>{say.value.favourites}</h1>
      {!isSignedIn.value && keptCount.value > 0 && (
        <p class="hint">{say.value.favouritesHint} <a href="/account">{say.value.signIn}</a></p>
      )}
      {keptCount.value === 0 && <Nothing />}
      <Days events={cards(there.filter(each => !isPast(each)))} />
      {performers.length > 0 && <Things title={say.value.performers} things={performers} icon="music" />}
      {venues.length > 0 && <Things title={say.value.venues} things={venues} icon="pin" />}
      {(performers.length > 0 || venues.length > 0) && (
        <p><a class="button" href="/agenda"><Icon name="calendar" /> {say.value.toAgenda}</a></p>
      )}
      {past.length > 0 && (
        <details>
          <summary>{say.value.past} ({past.length})</summary>
          <Days events={cards(past)} />
        </details>
      )}
      {gone.length > 0 && <Gone list={gone} />}
      {viewer.value && <CalendarFeed />}
    </div>
  )
}
