/** Everybody who lists the event, with a link to their page of it. */

import type { Card } from '../generated'
import { say } from '../language'

export function Sellers({ event }: { event: Card }) {
  const seen = new Set<string>()
  const sources = event.sources.filter(({ provider }) => !seen.has(provider.slug) && seen.add(provider.slug))
  return (
    <ul class="sellers">
      {sources.map(({ provider, url }) => (
        <li key={provider.slug}>
          {url ? (
            <a href={url} target="_blank" rel="noopener" title={say.value.opens(provider.name)}>
              {provider.name}
            </a>
          ) : (
            provider.name
          )}
        </li>
      ))}
    </ul>
  )
}
