/** Where: a town by its name, or around the visitor. A combobox as the ARIA Authoring Practices have it. */

import { useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'

import { country } from '../amounts'
import { ask } from '../ask'
import { Places, type PlacesAnswer } from '../generated'
import { say } from '../language'
import { want, wanted } from '../route'
import { Icon } from './icons'

type Place = PlacesAnswer['places'][number]

const PAUSE_MS = 150
const POSITION_MS = 10_000
const detail = (place: Place) => [place.addressRegion, country(place.addressCountry)].filter(Boolean).join(', ')

export function PlaceField() {
  const text = useSignal('')
  const places = useSignal<Place[]>([])
  const active = useSignal(-1)
  const isOpen = useSignal(false)
  const isLost = useSignal(false)
  const asking = useRef<AbortController | null>(null)

  useSignalEffect(() => {
    const { spot } = wanted.value
    text.value = spot ? (spot.here ? say.value.nearMe : spot.name) : ''
  })

  const close = () => {
    asking.current?.abort()
    isOpen.value = false
    active.value = -1
  }

  const choose = (place: Place) => {
    close()
    text.value = place.name
    want({ spot: { name: place.name, lat: place.geo.latitude, lon: place.geo.longitude } })
  }

  const look = async (query: string) => {
    asking.current?.abort()
    const stop = (asking.current = new AbortController())
    await new Promise(done => setTimeout(done, PAUSE_MS))
    if (stop.signal.aborted) return
    const answer = await ask(Places, { query }, stop.signal).catch(() => ({ places: [] }))
    if (stop.signal.aborted) return
    places.value = answer.places
    active.value = -1
    isOpen.value = answer.places.length > 0
  }

  const type = (query: string) => {
    text.value = query
    isLost.value = false
    if (query.trim()) return void look(query.trim())
    close()
    want({ spot: null })
  }

  /** What was typed and not chosen is not kept. */
  const leave = () => {
    close()
    const { spot } = wanted.value
    text.value = spot ? (spot.here ? say.value.nearMe : spot.name) : ''
  }

  const press = (event: KeyboardEvent) => {
    const count = places.value.length
    if (event.key === 'Escape') {
      if (isOpen.value) event.preventDefault()
      return close()
    }
    if (event.key === 'Enter' && isOpen.value) {
      event.preventDefault()
      return choose(places.value[Math.max(active.value, 0)]!)
    }
    if (!count || !['ArrowDown', 'ArrowUp'].includes(event.key)) return
    event.preventDefault()
    isOpen.value = true
    active.value = (active.value + (event.key === 'ArrowDown' ? 1 : active.value < 0 ? 0 : -1) + count) % count
  }

  const locate = () => {
    isLost.value = false
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => want({ spot: { name: '', lat: coords.latitude, lon: coords.longitude, here: true } }),
      () => (isLost.value = true),
      { timeout: POSITION_MS, maximumAge: 300_000 },
    )
  }

  return (
    <div class="place">
      <div class="input">
        <Icon name="pin" />
        <input
          id="place"
          role="combobox"
          aria-label={say.value.where}
          aria-autocomplete="list"
          aria-expanded={isOpen.value}
          aria-controls="places"
          aria-activedescendant={active.value >= 0 ? `place-${active.value}` : undefined}
          autocomplete="off"
          placeholder={say.value.whereHint}
          value={text.value}
          onInput={({ currentTarget }) => type(currentTarget.value)}
          onKeyDown={press}
          onFocus={({ currentTarget }) => currentTarget.select()}
          onBlur={leave}
        />
        {wanted.value.spot && (
          <button type="button" class="bare" aria-label={say.value.clearPlace} title={say.value.clearPlace} onClick={() => want({ spot: null })}>
            <Icon name="cross" />
          </button>
        )}
        <button type="button" class="bare" aria-label={say.value.nearMe} title={say.value.nearMe} aria-pressed={Boolean(wanted.value.spot?.here)} onClick={locate}>
          <Icon name="target" />
        </button>
      </div>
      <ul id="places" role="listbox" aria-label={say.value.where} hidden={!isOpen.value}>
        {places.value.map((place, index) => (
          <li
            id={`place-${index}`}
            key={`${place.name} ${place.geo.latitude} ${place.geo.longitude}`}
            role="option"
            aria-selected={index === active.value}
            // Before the field loses the focus, which closes the list.
            onPointerDown={event => {
              event.preventDefault()
              choose(place)
            }}
          >
            <b>{place.name}</b> <span>{detail(place)}</span>
          </li>
        ))}
      </ul>
      <p class="sr" role="status">{isOpen.value ? say.value.places(places.value.length) : ''}</p>
      {isLost.value && <p class="note" role="alert">{say.value.notFound}</p>}
    </div>
  )
}
