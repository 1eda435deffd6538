/** That something could not be had, and what to do about it. */

import type { NoAnswer } from '../ask'
import { say } from '../language'
import { Blank } from './days'
import { Icon } from './icons'

export function Failed({ failure, again }: { failure: NoAnswer; again: () => void }) {
  const isOffline = failure.why === 'offline'
  return (
    <Blank
      icon={<Icon name={isOffline ? 'cloud' : 'alert'} />}
      title={isOffline ? say.value.offlineTitle : say.value.failedTitle}
      hint={isOffline ? say.value.offlineHint : failure.message}
    >
      <p class="buttons">
        <button type="button" class="main" onClick={again}>{say.value.tryAgain}</button>
        {isOffline && <a class="button" href="/favourites">{say.value.seeFavourites}</a>}
      </p>
    </Blank>
  )
}
