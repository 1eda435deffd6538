/** The picture of an event; where there is none, or none comes, a calm drawing of what kind of event it is. */

import { useSignal } from '@preact/signals'

import type { Card } from '../generated'
import { pictureOf } from '../pictures'
import { Icon, iconOf } from './icons'

export function Picture({ event }: { event: Card }) {
  const broken = useSignal(false)
  const address = pictureOf(event)
  return (
    <div class="picture" data-type={event.eventType}>
      <Icon name={iconOf(event.eventType)} />
      {address && !broken.value && (
        <img src={address} alt="" loading="lazy" decoding="async" onError={() => (broken.value = true)} />
      )}
    </div>
  )
}
