/** What is played: the widest genres first, the others when asked for. */

import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { ask } from '../ask'
import { Genres, type GenresAnswer } from '../generated'
import { say } from '../language'
import { want, wanted } from '../route'
import { Chip, Chips } from './chips'

type Genre = GenresAnswer['genres'][number]

const genres = signal<Genre[]>([])
const POPULAR = ['rock', 'pop', 'jazz', 'classical', 'electronic', 'hip-hop', 'folk', 'comedy', 'theater', 'dance']

async function load() {
  genres.value = (await ask(Genres, {}).catch(() => ({ genres: [] }))).genres
}

const nameOf = ({ slug, name }: { slug: string; name: string }) => say.value.genre[slug] ?? name
const toggled = (slugs: string[], slug: string) => (slugs.includes(slug) ? slugs.filter(each => each !== slug) : [...slugs, slug])

/** The popular ones, and whatever is chosen besides; all of them when `all`. */
function shown(all: boolean, chosen: string[]): Array<{ slug: string; name: string }> {
  const known = new Map(genres.value.map(genre => [genre.slug, genre]))
  const named = (slug: string) => known.get(slug) ?? { slug, name: slug }
  const popular = POPULAR.filter(slug => known.has(slug))
  const others = all ? genres.value.map(({ slug }) => slug) : chosen
  return [...new Set([...popular, ...others])].map(named)
}

export function GenresFilter() {
  const isOpen = useSignal(false)
  useEffect(() => void (genres.value.length || load()), [])
  const chosen = wanted.value.genres
  const choices = shown(isOpen.value, chosen).map(genre => ({
    key: genre.slug,
    label: nameOf(genre),
    isOn: chosen.includes(genre.slug),
    choose: () => want({ genres: toggled(chosen, genre.slug) }),
  }))
  return (
    <div class="filter">
      <Chips label={say.value.genres} choices={choices}>
        {genres.value.length > 0 && (
          <Chip isOn={false} choose={() => (isOpen.value = !isOpen.value)} aria-expanded={isOpen.value}>
            {isOpen.value ? say.value.fewerGenres : say.value.moreGenres}
          </Chip>
        )}
      </Chips>
    </div>
  )
}
