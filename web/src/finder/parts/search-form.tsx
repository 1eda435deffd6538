/** What is looked for. Nothing is asked while somebody types: every search costs the providers something. */

import { useSignal, useSignalEffect } from '@preact/signals'

import { distance } from '../amounts'
import { say } from '../language'
import { want, wanted } from '../route'
import { radii } from '../wanted'
import { DatesFilter } from './dates-filter'
import { GenresFilter } from './genres-filter'
import { Icon } from './icons'
import { PlaceField } from './place-field'

const Radius = () => (
  <label class="field radius">
    <span class="sr">{say.value.within}</span>
    <select value={wanted.value.within} onChange={({ currentTarget }) => want({ within: Number(currentTarget.value) })}>
      {radii.map(radius => (
        <option key={radius} value={radius}>
          {`${say.value.within} ${distance(radius)}`}
        </option>
      ))}
    </select>
  </label>
)

export function SearchForm() {
  const text = useSignal('')
  useSignalEffect(() => {
    text.value = wanted.value.text
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    want({ text: text.value.trim() })
  }
  return (
    <search>
      <form class="ask" onSubmit={submit}>
        <div class="input text">
          <Icon name="search" />
          <input
            id="text"
            type="search"
            aria-label={say.value.searchFor}
            placeholder={say.value.searchFor}
            enterkeyhint="search"
            value={text.value}
            onInput={({ currentTarget }) => (text.value = currentTarget.value)}
          />
        </div>
        <PlaceField />
        {wanted.value.spot && <Radius />}
        <button class="main">
          <Icon name="search" />
          <span>{say.value.search}</span>
        </button>
      </form>
      <DatesFilter />
      <GenresFilter />
    </search>
  )
}
