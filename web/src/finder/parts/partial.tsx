/** What is missing from a list, in words, and how to ask once more. */

import { say } from '../language'
import { Icon } from './icons'

export const Partial = ({ names, again }: { names: string[]; again: () => void }) => (
  <div class="partial">
    <Icon name="alert" />
    <p>
      {names.length > 0 && say.value.didNotAnswer(names)} {say.value.partial}
    </p>
    <button type="button" class="text-button" onClick={again}>{say.value.tryAgain}</button>
  </div>
)
