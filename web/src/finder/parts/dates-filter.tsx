/** When: a preset by one press, or two days. */

import { useSignal } from '@preact/signals'

import { today } from '../dates'
import { say } from '../language'
import { want, wanted } from '../route'
import { presets } from '../wanted'
import { Chip, Chips } from './chips'

const Day = ({ label, value, min, set }: { label: string; value: string; min: string; set: (day: string) => void }) => (
  <label class="field small">
    <span>{label}</span>
    <input type="date" value={value} min={min} onChange={({ currentTarget }) => set(currentTarget.value)} />
  </label>
)

export function DatesFilter() {
  const { when, from, to } = wanted.value
  const ranged = Boolean(from || to)
  const isOpen = useSignal(ranged)
  const choices = [null, ...presets].map(preset => ({
    key: preset ?? 'any',
    label: preset ? say.value.presets[preset]! : say.value.anyTime,
    isOn: when === preset && !ranged,
    choose: () => want({ when: preset, from: '', to: '' }),
  }))
  return (
    <div class="filter">
      <Chips label={say.value.when} choices={choices}>
        <Chip isOn={ranged} choose={() => (isOpen.value = !isOpen.value)} aria-expanded={isOpen.value} aria-controls="range">
          {say.value.dates}
        </Chip>
      </Chips>
      {isOpen.value && (
        <div class="range" id="range">
          <Day label={say.value.fromDay} value={from} min={today()} set={day => want({ when: null, from: day, to: to && to < day ? day : to })} />
          <Day label={say.value.toDay} value={to} min={from || today()} set={day => want({ when: null, to: day })} />
        </div>
      )}
    </div>
  )
}
