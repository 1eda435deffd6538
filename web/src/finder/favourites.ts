/** What somebody keeps: on this device before they sign in, in their account afterwards, and readable offline either way. */

import { computed, effect, signal, type Signal } from '@preact/signals'

import { ask } from './ask'
import { today } from './dates'
import { Drop, Favourites, Keep, type Card, type FavouriteKind, type FavouritesAnswer, type Row } from './generated'
import { kept } from './kept'
import { isSignedIn, viewer } from './viewer'

/** A venue or a performer; `about` tells it from another of its name. */
export type Followed = { id: string; kind: Exclude<FavouriteKind, 'EVENT'>; name: string; about: string }
/** `here`: known to this device alone, as yet. `gone`: no source lists it any more. */
export type Kept<Thing> = { card: Thing; savedAt: string; here: boolean; gone: boolean }
export type Favourite = Kept<Card>

export const favourites = kept<Favourite[]>('favourites', [])
export const followed = kept<Array<Kept<Followed>>>('followed', [])
export const keptCount = computed(() => favourites.value.length + followed.value.length)
/** How many went from this device into the account, when somebody has just signed in. */
export const mergedCount = signal(0)
/** A change that could not be saved was taken back. */
export const isUndone = signal(false)

type Thing = Card | Followed
/** What the account says of it, where it was asked. */
export type Theirs = { viewerHasFavourited?: Row['viewerHasFavourited'] | undefined }
type Shown = { id: string } & Theirs
const changed = signal<Record<string, boolean>>({})
const ids = computed(() => new Set([...favourites.value, ...followed.value].map(({ card }) => card.id)))

export const isKept = ({ id, viewerHasFavourited }: Shown): boolean =>
  changed.value[id] ?? (ids.value.has(id) || (isSignedIn.value && viewerHasFavourited === true))

export const isPast = ({ card }: Favourite): boolean => (card.endDay ?? card.startDay ?? '9999') < today()

const listOf = (thing: Thing) => ('kind' in thing ? followed : favourites) as Signal<Array<Kept<Thing>>>
/** How far an event is depends on where one looked from. */
const timeless = (thing: Thing): Thing => ('distance' in thing ? { ...thing, distance: null } : thing)

function mark(thing: Thing, keep: boolean): void {
  const list = listOf(thing)
  const others = list.value.filter(({ card }) => card.id !== thing.id)
  const one = { card: timeless(thing), savedAt: new Date().toISOString(), here: !isSignedIn.value, gone: false }
  list.value = keep ? [one, ...others] : others
  changed.value = { ...changed.value, [thing.id]: keep }
}

/** At once for the eye; taken back where the account cannot be told. */
export async function toggle(thing: Thing & Shown): Promise<void> {
  const keep = !isKept(thing)
  const list = listOf(thing)
  const before = list.value
  isUndone.value = false
  mark(thing, keep)
  if (!isSignedIn.value) return
  const isSaved = await (keep ? saved(thing.id) : dropped(thing.id)).catch(() => false)
  if (isSaved) return
  list.value = before
  changed.value = { ...changed.value, [thing.id]: !keep }
  isUndone.value = true
}

const saved = async (id: string) => !(await ask(Keep, { id })).addFavourite.userErrors.length
const dropped = async (id: string) => !(await ask(Drop, { id })).removeFavourite.userErrors.length

type Node = NonNullable<FavouritesAnswer['viewer']>['favourites']['nodes'][number]

/** What was known when it was saved, as a card. */
const cardOf = ({ subjectId: id, snapshot }: Node): Card => ({
  id,
  name: snapshot.name,
  eventType: 'OTHER',
  eventStatus: 'UNKNOWN',
  datePrecision: snapshot.startDate ? 'TIME' : snapshot.startDay ? 'DATE' : 'TO_BE_ANNOUNCED',
  startDate: snapshot.startDate,
  startDay: snapshot.startDay,
  endDay: null,
  timeZone: null,
  url: snapshot.url,
  icalendarUrl: '',
  distance: null,
  isAccessibleForFree: null,
  images: [],
  location: snapshot.venueName
    ? { name: snapshot.venueName, geo: null, address: { addressLocality: null, addressCountry: null } }
    : null,
  performers: [],
  priceRange: null,
  offers: [],
  sources: [],
})

const followedOf = ({ kind, subjectId: id, snapshot, subject }: Node): Followed => ({
  id,
  kind: kind === 'VENUE' ? 'VENUE' : 'PERFORMER',
  name: subject?.name ?? snapshot.name,
  about: (subject?.__typename === 'Venue' && subject.address.addressLocality) || '',
})

const thingOf = (node: Node): Thing => {
  if (node.kind !== 'EVENT') return followedOf(node)
  return node.subject?.__typename === 'Event' ? { ...node.subject, id: node.subjectId } : cardOf(node)
}

const keptOf = (node: Node): Kept<Thing> => ({
  card: thingOf(node), savedAt: node.createdAt, here: false, gone: node.state === 'GONE',
})

/** Those of this device go into the account; one that it does not take stays here, and is tried again another time. */
async function merge(): Promise<void> {
  let count = 0
  for (const list of [favourites, followed] as Array<Signal<Array<Kept<Thing>>>>) {
    for (const { card } of list.value.filter(({ here }) => here)) {
      if (!(await saved(card.id).catch(() => false))) continue
      list.value = list.value.map(each => (each.card.id === card.id ? { ...each, here: false } : each))
      count += 1
    }
  }
  mergedCount.value = count
}

/** What the account holds, and what of this device it has not taken. */
function settle(list: Signal<Array<Kept<Thing>>>, all: Array<Kept<Thing>>): void {
  const there = new Set(all.map(({ card }) => card.id))
  list.value = [...list.value.filter(({ card, here }) => here && !there.has(card.id)), ...all]
}

export async function load(): Promise<void> {
  const all: Array<Kept<Thing>> = []
  let after: string | null = null
  do {
    const page: FavouritesAnswer['viewer'] = (await ask(Favourites, { after })).viewer
    if (!page) return
    all.push(...page.favourites.nodes.map(keptOf))
    after = page.favourites.pageInfo.hasNextPage ? page.favourites.pageInfo.endCursor : null
  } while (after)
  for (const list of [favourites, followed] as Array<Signal<Array<Kept<Thing>>>>) {
    settle(list, all.filter(({ card }) => listOf(card) === list))
  }
  changed.value = {}
}

/** What is kept follows who is signed in: it comes with them, and goes with them. */
export function startKeeping(): void {
  let last: string | null | undefined
  effect(() => {
    const now = viewer.value && viewer.value.createdAt
    if (now === last || now === undefined) return
    last = now
    queueMicrotask(() => void (now ? merge().then(load).catch(() => undefined) : leave()))
  })
}

function leave(): void {
  favourites.value = favourites.value.filter(({ here }) => here)
  followed.value = followed.value.filter(({ here }) => here)
  changed.value = {}
  mergedCount.value = 0
}
