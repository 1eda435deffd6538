/** Choices beside each other, each on or off. */

import type { ComponentChildren } from 'preact'

export type Choice = { key: string; label: string; isOn: boolean; choose: () => void }

export const Chip = ({ isOn, choose, children, ...more }: { isOn: boolean; choose: () => void; children: ComponentChildren; 'aria-expanded'?: boolean; 'aria-controls'?: string }) => (
  <button type="button" class="chip" {...('aria-expanded' in more ? { 'data-on': isOn } : { 'aria-pressed': isOn })} onClick={choose} {...more}>
    {children}
  </button>
)

export const Chips = ({ label, choices, children }: { label: string; choices: Choice[]; children?: ComponentChildren }) => (
  <div class="chips" role="group" aria-label={label}>
    {choices.map(({ key, label: text, isOn, choose }) => (
      <Chip key={key} isOn={isOn} choose={choose}>
        {text}
      </Chip>
    ))}
    {children}
  </div>
)
