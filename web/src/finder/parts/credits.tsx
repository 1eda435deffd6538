/** What the providers' terms oblige us to show with their events. */

import type { Card, Credit } from '../generated'

function creditsOf(events: Card[]): Credit[] {
  const all = events.flatMap(({ sources }) => sources.map(({ attribution }) => attribution))
  const byText = new Map(all.filter(each => each !== null).map(each => [each.text, each]))
  return [...byText.values()]
}

export const CreditLine = ({ credit }: { credit: Credit }) => (
  <>
    {credit.url ? <a href={credit.url} target="_blank" rel="noopener">{credit.text}</a> : credit.text}
    {credit.license && <> ({credit.licenseUrl ? <a href={credit.licenseUrl} target="_blank" rel="noopener">{credit.license}</a> : credit.license})</>}
  </>
)

export function Credits({ events }: { events: Card[] }) {
  const credits = creditsOf(events)
  if (!credits.length) return null
  return (
    <ul class="credits">
      {credits.map(credit => (
        <li key={credit.text}>
          <CreditLine credit={credit} />
        </li>
      ))}
    </ul>
  )
}
