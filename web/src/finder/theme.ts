/** Light, dark, or as the system has it. */

import { effect } from '@preact/signals'

import { kept } from './kept'

export type Theme = 'auto' | 'light' | 'dark'
export const themes: Theme[] = ['auto', 'light', 'dark']
export const theme = kept<Theme>('theme', 'auto')

export function startTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
  })
}
