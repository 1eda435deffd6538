/** One event, with everything that is known of it, and who says so. */

import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { distance, money, price } from '../amounts'
import { ask, NoAnswer, someOf } from '../ask'
import { dayOf, foreignZone, momentAt, sinceNow, timeAt, timeOf } from '../dates'
import { favourites, isKept, type Followed } from '../favourites'
import { Keepable, OneEvent, type Card, type OneEventAnswer } from '../generated'
import { say } from '../language'
import { calendarFile, Heart, ThingHeart } from '../parts/actions'
import { CreditLine, Credits } from '../parts/credits'
import { Blank } from '../parts/days'
import { Icon } from '../parts/icons'
import { Picture } from '../parts/picture'
import { Status } from '../parts/status'
import { failureOf, results } from '../search'
import { address } from '../wanted'
import { wanted } from '../route'
import { isSignedIn } from '../viewer'

type Whole = NonNullable<OneEventAnswer['event']>
type Known = Card & Partial<Whole>
type Theirs = { id: string; viewerHasFavourited?: boolean | null }

/** What of an event can be kept beside it, by id: a source may name a venue that it cannot be asked for. */
const keepable = signal<ReadonlyMap<string, Theirs>>(new Map())

const MOST_NAMED = 20

async function findKeepable({ venue, bill }: Whole): Promise<void> {
  const ids = [...(venue ? [venue.id] : []), ...bill.slice(0, MOST_NAMED).map(({ performer }) => performer.id)]
  const { nodes } = await ask(Keepable, { ids, signedIn: isSignedIn.peek() }, undefined, someOf)
  keepable.value = new Map(nodes.filter(node => node !== null).map(node => [node.id, node]))
}

/** What the list or the favourites know of it: something to show at once, and all that there is offline. */
const known = (id: string): Card | undefined =>
  results.peek().rows.find(row => row.id === id) ?? favourites.peek().find(({ card }) => card.id === id)?.card

const Fact = ({ name, children }: { name: string; children: preact.ComponentChildren }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const Out = ({ to, children }: { to: string; children: preact.ComponentChildren }) => (
  <a href={to} target="_blank" rel="noopener">
    {children}
    <Icon name="out" />
  </a>
)

/** A venue or a performer with a heart, where it can be kept. */
function Thing({ thing }: { thing: Followed }) {
  const theirs = keepable.value.get(thing.id)
  return (
    <span class="thing">
      {thing.name}
      {(theirs || isKept(thing)) && <ThingHeart thing={{ ...thing, viewerHasFavourited: theirs?.viewerHasFavourited ?? null }} />}
    </span>
  )
}

function When({ event }: { event: Known }) {
  const { startDate, endDate, doorTime, timeZone, previousStartDate } = event
  const zone = startDate && event.datePrecision === 'TIME' ? foreignZone(startDate, timeZone) : ''
  return (
    <Fact name={say.value.when}>
      <time dateTime={startDate ?? event.startDay ?? undefined}>
        {dayOf(event)}, {timeOf(event)} {zone}
      </time>
      {endDate && event.startDay === event.endDay && <> {say.value.until(timeAt(endDate, timeZone))}</>}
      {doorTime && <small>{say.value.doors(timeAt(doorTime, timeZone))}</small>}
      {previousStartDate && <small>{say.value.wasPlanned(momentAt(previousStartDate, timeZone))}</small>}
    </Fact>
  )
}

function Where({ event }: { event: Known }) {
  const { venue, location } = event
  if (!location) return <Fact name={say.value.venue}>{say.value.venueUnknown}</Fact>
  return (
    <Fact name={say.value.venue}>
      {venue ? <Thing thing={{ id: venue.id, kind: 'VENUE', name: venue.name, about: venue.address.addressLocality ?? '' }} /> : location.name}
      {venue?.address.formatted && <small>{venue.address.formatted}</small>}
      {event.distance !== null && <small>{say.value.away(distance(event.distance))}</small>}
      {venue?.url && <small><Out to={venue.url}>{say.value.venuePage}</Out></small>}
    </Fact>
  )
}

const Facts = ({ event }: { event: Known }) => (
  <dl class="facts">
    <When event={event} />
    <Where event={event} />
    {event.performers.length > 0 && (
      <Fact name={say.value.lineUp}>
        {event.bill
          ? event.bill.map(({ performer: { id, name } }) => <Thing key={id} thing={{ id, kind: 'PERFORMER', name, about: '' }} />)
          : event.performers.map(({ performer }) => performer.name).join(', ')}
      </Fact>
    )}
    {event.genres && event.genres.length > 0 && (
      <Fact name={say.value.genres}>{event.genres.map(({ slug, name }) => say.value.genre[slug] ?? name).join(', ')}</Fact>
    )}
    {event.organizer && (
      <Fact name={say.value.organizer}>
        {event.organizer.url ? <Out to={event.organizer.url}>{event.organizer.name}</Out> : event.organizer.name}
      </Fact>
    )}
    {event.typicalAgeRange && <Fact name={say.value.ages}>{event.typicalAgeRange}</Fact>}
  </dl>
)

type Offer = Whole['tickets'][number]

function costOf({ price: whole, lowPrice, highPrice }: Offer): string {
  if (whole) return Number(whole.value) ? money(whole.value, whole.currency) : say.value.free
  if (lowPrice && highPrice && lowPrice.value !== highPrice.value) {
    return `${money(lowPrice.value, lowPrice.currency)} – ${money(highPrice.value, highPrice.currency)}`
  }
  return lowPrice ? say.value.from(money(lowPrice.value, lowPrice.currency)) : ''
}

function OfferRow({ offer }: { offer: Offer }) {
  const seller = offer.seller ?? offer.source.provider.name
  const notes = [
    offer.kind === 'RESALE' && say.value.resale,
    offer.feesIncluded !== null && (offer.feesIncluded ? say.value.withFees : say.value.withoutFees),
    say.value.availability[offer.availability],
  ].filter(Boolean)
  return (
    <li class="offer">
      <div>
        <b>{costOf(offer) || say.value.offer}</b> {offer.name}
        <small>{notes.join(' · ')}</small>
      </div>
      {offer.url && offer.availability !== 'SOLD_OUT' ? (
        <a class="button" href={offer.url} target="_blank" rel="noopener">{say.value.buy(seller)} <Icon name="out" /></a>
      ) : (
        <span class="seller">{seller}</span>
      )}
    </li>
  )
}

const Offers = ({ offers }: { offers: Offer[] }) => (
  <section>
    <h2>{say.value.offers}</h2>
    {offers.length ? <ul class="offers">{offers.map((offer, index) => <OfferRow key={index} offer={offer} />)}</ul> : <p class="hint">{say.value.noOffers}</p>}
  </section>
)

const Sources = ({ sources }: { sources: Whole['found'] }) => (
  <section>
    <h2>{say.value.sourcesTitle}</h2>
    <p class="hint">{say.value.sourcesHint}</p>
    <ul class="sources">
      {sources.map(source => (
        <li key={`${source.provider.slug} ${source.url} ${source.name}`}>
          <b>{source.url ? <Out to={source.url}>{source.provider.name}</Out> : source.provider.name}</b>
          <p>
            “{source.name}”{source.venueName && ` · ${source.venueName}`}
          </p>
          <small>
            {say.value.read(sinceNow(source.fetchedAt))}
            {source.isStale && `, ${say.value.stale}`}
            {source.attribution && <> · <CreditLine credit={source.attribution} /></>}
          </small>
        </li>
      ))}
    </ul>
  </section>
)

function Share() {
  const isCopied = useSignal(false)
  const copy = () => navigator.clipboard.writeText(location.href).then(() => (isCopied.value = true), () => undefined)
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      <Icon name="link" /> <span role="status">{isCopied.value ? say.value.copied : say.value.share}</span>
    </button>
  )
}

const Told = ({ event }: { event: Known }) => (
  <article class="event" aria-labelledby="event-name">
    <header>
      <Picture event={event} />
      <div>
        <p class="kind">{say.value.types[event.eventType]} <Status event={event} /></p>
        <h1 id="event-name">{event.name}</h1>
        <p class="price">{price(event)}</p>
        <div class="buttons">
          <Heart event={event} />
          {event.startDay && event.icalendarUrl && (
            <a class="button" href={calendarFile(event)} download><Icon name="calendarPlus" /> {say.value.calendarFile}</a>
          )}
          <Share />
        </div>
      </div>
    </header>
    <Facts event={event} />
    {event.description && <section><h2>{say.value.about}</h2><p class="description">{event.description}</p></section>}
    {event.tickets && <Offers offers={event.tickets} />}
    {event.found && <Sources sources={event.found} />}
    {!event.found && <Credits events={[event]} />}
  </article>
)

export function EventPage({ id }: { id: string }) {
  const event = useSignal<Known | null | undefined>(known(id))
  const failure = useSignal<NoAnswer | null>(null)
  const load = async () => {
    failure.value = null
    try {
      const answer = await ask(OneEvent, { id, signedIn: isSignedIn.peek() })
      // A favourite that no source lists any more is still what was kept of it.
      event.value = answer.event ?? known(id) ?? null
      // Without an answer there are no hearts, and all else is there.
      if (answer.event) void findKeepable(answer.event).catch(() => undefined)
    } catch (error) {
      failure.value = failureOf(error)
      // Whoever mistypes an address asks for an id that is none.
      if (failure.value.code === 'BAD_USER_INPUT') event.value = null
    }
  }
  useEffect(() => void load(), [id])
  return (
    <div class="narrow">
      <p><a class="back" href={address(wanted.value)}><Icon name="back" /> {say.value.back}</a></p>
      {event.value && <Told event={event.value} />}
      {event.value && failure.value && <p class="note" role="status">{failure.value.why === 'offline' ? say.value.offlineNote : say.value.notFresh}</p>}
      {event.value === null && <Blank alone icon={<Icon name="ticket" />} title={say.value.goneTitle} hint={say.value.goneHint} />}
      {event.value === undefined && !failure.value && <div class="event loading" aria-busy="true" />}
      {event.value === undefined && failure.value && (
        <Blank alone icon={<Icon name="cloud" />} title={failure.value.why === 'offline' ? say.value.offlineTitle : say.value.failedTitle} hint={failure.value.message}>
          <p class="buttons"><button type="button" class="main" onClick={() => void load()}>{say.value.tryAgain}</button></p>
        </Blank>
      )}
    </div>
  )
}
