/** What somebody keeps: on this device before they sign in, in their account afterwards, and readable offline either way. */

import { computed, effect, signal } from '@preact/signals'

import { ask } from './ask'
import { Drop, Favourites, Keep, type Card, type FavouritesAnswer, type Row } from './generated'
import { kept } from './kept'
import { isSignedIn, viewer } from './viewer'

/** `here`: known to this device alone, as yet. `gone`: no source lists it any more. */
export type Favourite = { card: Card; savedAt: string; here: boolean; gone: boolean }

export const favourites = kept<Favourite[]>('favourites', [])
/** How many went from this device into the account, when somebody has just signed in. */
export const mergedCount = signal(0)
/** A change that could not be saved was taken back. */
export const isUndone = signal(false)

const changed = signal<Record<string, boolean>>({})
const ids = computed(() => new Set(favourites.value.map(({ card }) => card.id)))

export const isKept = (row: Card & Pick<Row, 'viewerHasFavourited'>): boolean =>
  changed.value[row.id] ?? (ids.value.has(row.id) || (isSignedIn.value && row.viewerHasFavourited === true))

function mark(card: Card, keep: boolean): void {
  const others = favourites.value.filter(each => each.card.id !== card.id)
  // How far it is depends on where one looked from.
  const favourite = { card: { ...card, distance: null }, savedAt: new Date().toISOString(), here: !isSignedIn.value, gone: false }
  favourites.value = keep ? [favourite, ...others] : others
  changed.value = { ...changed.value, [card.id]: keep }
}

/** At once for the eye; taken back where the account cannot be told. */
export async function toggle(row: Card & Pick<Row, 'viewerHasFavourited'>): Promise<void> {
  const keep = !isKept(row)
  const before = favourites.value
  isUndone.value = false
  mark(row, keep)
  if (!isSignedIn.value) return
  const isSaved = await (keep ? saved(row.id) : dropped(row.id)).catch(() => false)
  if (isSaved) return
  favourites.value = before
  changed.value = { ...changed.value, [row.id]: !keep }
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

const favouriteOf = (node: Node): Favourite => ({
  card: node.subject?.__typename === 'Event' ? { ...node.subject, id: node.subjectId } : cardOf(node),
  savedAt: node.createdAt,
  here: false,
  gone: node.state === 'GONE',
})

/** Those of this device go into the account; one that it does not take stays here, and is tried again another time. */
async function merge(): Promise<void> {
  let count = 0
  for (const { card } of favourites.value.filter(({ here }) => here)) {
    if (!(await saved(card.id).catch(() => false))) continue
    favourites.value = favourites.value.map(each => (each.card.id === card.id ? { ...each, here: false } : each))
    count += 1
  }
  mergedCount.value = count
}

export async function load(): Promise<void> {
  const all: Favourite[] = []
  let after: string | null = null
  do {
    const page: FavouritesAnswer['viewer'] = (await ask(Favourites, { after })).viewer
    if (!page) return
    all.push(...page.favourites.nodes.map(favouriteOf))
    after = page.favourites.pageInfo.hasNextPage ? page.favourites.pageInfo.endCursor : null
  } while (after)
  const there = new Set(all.map(({ card }) => card.id))
  favourites.value = [...favourites.value.filter(({ card, here }) => here && !there.has(card.id)), ...all]
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
  changed.value = {}
  mergedCount.value = 0
}
