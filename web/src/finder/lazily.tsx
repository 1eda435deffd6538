/** A part of the page whose code is loaded when it is first shown. */

import { useSignal } from '@preact/signals'
import type { ComponentType, ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

type Load = () => Promise<ComponentType>

export function Lazily({ load, loading, failed }: { load: Load; loading: ComponentChildren; failed: ComponentChildren }) {
  const part = useSignal<{ it: ComponentType } | 'failed' | null>(null)
  useEffect(() => {
    load().then(
      it => (part.value = { it }),
      () => (part.value = 'failed'),
    )
  }, [])
  if (part.value === 'failed') return <>{failed}</>
  return part.value ? <part.value.it /> : <>{loading}</>
}
