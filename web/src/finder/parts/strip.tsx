/** The quiet strip above the results: how many there are, from whom, who is waited for and who did not answer. */

import { number } from '../amounts'
import type { ProviderReportStatus } from '../generated'
import { language, say } from '../language'
import { wanted } from '../route'
import { isSearching, results, search, slowSources } from '../search'
import type { Source, Unfolding } from '../unfold'
import { Partial } from './partial'

const FAILED: Array<ProviderReportStatus | null> = ['FAILED', 'TIMED_OUT', 'RATE_LIMITED']

const stateOf = ({ status }: Source) => (status === null ? 'waiting' : FAILED.includes(status) ? 'failed' : 'done')

/** "240+ events": never more than is known. */
function count({ total, rows, more }: Unfolding): string {
  const known = total?.value ?? 0
  if (total?.relation === 'EQUAL_TO' && known >= rows.length) return say.value.events(number(known), known === 1)
  const seen = Math.max(known, rows.length)
  return say.value.events(more || seen > rows.length ? `${number(seen)}+` : number(seen), seen === 1 && !more)
}

/** Its own sources failed, whoever else did well. */
const missing = ({ warnings }: Unfolding) => [...new Set(warnings.map(({ provider }) => provider?.name).filter(name => name !== undefined))]

function Words() {
  const so = results.value
  if (!so.complete) {
    const done = so.sources.filter(({ status }) => status).length
    const slow = slowSources.value.map(({ name }) => name)
    return (
      <>
        <b>{so.rows.length ? say.value.events(`${number(so.rows.length)}+`, false) : say.value.searching}</b>
        {so.sources.length > 0 && <span>{say.value.sources(done, so.sources.length)}</span>}
        {slow.length > 0 && <span>{say.value.slow(slow)}</span>}
      </>
    )
  }
  return (
    <>
      <b>{count(so)}</b>
      <span>{say.value.fromSources(so.sources.filter(each => stateOf(each) === 'done').length)}</span>
    </>
  )
}

const Dots = () => (
  <span class="dots" aria-hidden="true">
    {results.value.sources.map(source => (
      <i key={source.slug} data-state={stateOf(source)} title={source.name} />
    ))}
  </span>
)

export const Strip = () => (
  <>
    <div class="strip">
      <Dots />
      <p role="status" aria-busy={isSearching.value} lang={language.value}>
        <Words />
      </p>
    </div>
    {results.value.complete && results.value.partial && (
      <Partial names={missing(results.value)} again={() => search(wanted.value)} />
    )}
  </>
)

