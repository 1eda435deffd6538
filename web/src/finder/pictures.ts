/** Where a card's picture is: at the gateway, so that no seller hears who looks at what. */

import type { Card } from './generated'
import { eventAddress } from './route'

export const pictureOf = ({ id, images }: Card): string | null => (images.length ? `${eventAddress(id)}/picture` : null)
