/** Signals that the browser keeps from visit to visit, and shares between its tabs. */

import { effect, signal, type Signal } from '@preact/signals'

const PREFIX = 'finder.'

function readAs<Value>(name: string, otherwise: Value): Value {
  try {
    const text = localStorage.getItem(PREFIX + name)
    return text === null ? otherwise : (JSON.parse(text) as Value)
  } catch {
    // Private windows of some browsers keep nothing.
    return otherwise
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    // Nothing is kept then; the page works all the same.
  }
}

export function kept<Value>(name: string, otherwise: Value): Signal<Value> {
  const value = signal(readAs(name, otherwise))
  let first = true
  effect(() => {
    const now = value.value
    if (!first) write(name, now)
    first = false
  })
  addEventListener('storage', ({ key }) => {
    if (key === PREFIX + name) value.value = readAs(name, otherwise)
  })
  return value
}
