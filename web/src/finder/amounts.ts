/** Money, distances and numbers as people read them. */

import type { Card } from './generated'
import { locale, say } from './language'

export const number = (value: number) => value.toLocaleString(locale())

/** Whole amounts go without ".00". */
export function money(value: string, currency: string): string {
  const amount = Number(value)
  const digits = Number.isInteger(amount) ? { minimumFractionDigits: 0 } : {}
  return amount.toLocaleString(locale(), { style: 'currency', currency, ...digits })
}

const inMiles = () => ['US', 'GB', 'LR', 'MM'].includes(new Intl.Locale(locale()).maximize().region ?? '')

export function distance(kilometres: number): string {
  const [value, unit] = inMiles() ? [kilometres / 1.609344, 'mile'] : [kilometres, 'kilometer']
  return value.toLocaleString(locale(), { style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 })
}

/** The lowest price; nothing where it is not known. */
export function price({ priceRange, isAccessibleForFree }: Card): string {
  if (isAccessibleForFree || (priceRange && !Number(priceRange.lowPrice) && !Number(priceRange.highPrice))) return say.value.free
  if (!priceRange) return ''
  const low = money(priceRange.lowPrice, priceRange.currency)
  return Number(priceRange.highPrice) > Number(priceRange.lowPrice) ? say.value.from(low) : low
}

export const country = (code: string): string => {
  try {
    return new Intl.DisplayNames(locale(), { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}
