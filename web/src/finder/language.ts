/** The language of the page: as chosen, else as the browser prefers. Texts of other languages are loaded when they are needed. */

import { effect, signal } from '@preact/signals'

import { en, type Messages } from './messages/en'
import { kept } from './kept'

export const languages = { en: 'English', de: 'Deutsch', fr: 'Français' } as const
export type Language = keyof typeof languages

const isLanguage = (text: string | null | undefined): text is Language => Boolean(text && text in languages)

const preferred = (): Language =>
  navigator.languages.map(tag => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'

export const chosen = kept<Language | null>('language', null)
export const language = signal<Language>('en')
/** The texts of the page. */
export const say = signal<Messages>(en)

/** How dates and numbers are written: as in the visitor's own country, where it speaks the page's language. */
export const locale = (): string =>
  navigator.languages.find(tag => tag.slice(0, 2).toLowerCase() === language.value) ?? (language.value === 'en' ? 'en-GB' : language.value)

const loaded = {
  en: () => Promise.resolve(en),
  de: () => import('./messages/de').then(texts => texts.de),
  fr: () => import('./messages/fr').then(texts => texts.fr),
}

async function speak(wanted: Language): Promise<void> {
  const texts = await loaded[wanted]().catch(() => null)
  if (!texts || wanted !== (chosen.value ?? preferred())) return
  language.value = wanted
  say.value = texts
  document.documentElement.lang = wanted
}

/** Resolves when the first texts are there. */
export function startSpeaking(): Promise<void> {
  effect(() => void speak(chosen.value ?? preferred()))
  return speak(chosen.value ?? preferred())
}
