/** What went wrong behind somebody's back. */

import { isUndone } from '../favourites'
import { say } from '../language'
import { Icon } from './icons'

export const Notice = () => (
  <div class="notice" role="alert">
    {isUndone.value && (
      <p>
        {say.value.undone}
        <button type="button" class="bare" aria-label={say.value.close} onClick={() => (isUndone.value = false)}>
          <Icon name="cross" />
        </button>
      </p>
    )}
  </div>
)
